import type { ChannelSample } from '../samples.ts';
import answers from './answers.json' with { type: 'json' };

export const USER = 'canary-of-a-mail-user-2Fq';
export const PASSWORD = 'canary-of-a-mail-password/8+Zd=';

export const sample: ChannelSample = {
  transport: 'smtp',
  settings: {
    url: `smtps://${USER}:${encodeURIComponent(PASSWORD)}@mail.example.com`,
    from: 'watch@example.com',
    to: ['dba@example.com'],
  },
  secrets: { url: [USER, PASSWORD], headers: [], unsent: [] },
};

/** A reply of a server, or a word of nodemailer, and its class. */
export interface MailAnswer {
  readonly reply?: number;
  readonly error?: string;
  readonly command?: string;
  readonly class: string;
  readonly seconds?: number;
}

/** Every documented answer: each value of each list. */
export const ANSWERS: readonly MailAnswer[] = answers.flatMap(({ reply, error, ...rest }) => [
  ...[reply ?? []].flat().map((one) => ({ reply: one, ...rest })),
  ...[error ?? []].flat().map((one) => ({ error: one, ...rest })),
]);
