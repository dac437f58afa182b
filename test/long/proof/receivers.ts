import type { Audience } from '../../../lib/channels/channel.ts';
import { HttpError, type HttpLimits, type HttpResponse } from '../../../lib/http/client.ts';
import { failure } from '../../../lib/http/failures/failure.ts';

/** How whoever is asked over the network behaves: with an answer, or with what the system says when there is none. */
export interface Behaviour {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A word of the system (`ECONNRESET`), or what our own door to the network says. */
  readonly error?: string;
  /** It takes nearly as long as it may, or longer. */
  readonly slow?: 'in time' | 'too late';
}

interface Receiver extends Behaviour {
  /** How often the receiver has the message afterwards; default: not at all. */
  readonly taken?: number;
  /** Of how many of these the sender cannot know. */
  readonly unknown?: number;
  /** The same of a message to people, where it differs: Slack itself says `ok`, all else is somebody on the way. */
  readonly unknownInChat?: number;
}

/**
 * Everything that a receiver does to a message. `answer lost` breaks the connection after the message was taken, `reset`
 * before; `asked twice` is a connection that broke at once, so that our door to the network sent the message again.
 * `form refused` is Slack's `invalid_blocks` (sent once more as plain text); to a webhook it is a 400.
 */
const RECEIVERS = {
  ok: { status: 200, body: 'ok', taken: 1 },
  'slow ok': { status: 200, body: 'ok', slow: 'in time', taken: 1 },
  'ok 204': { status: 204, taken: 1, unknownInChat: 1 },
  'asked twice': { status: 200, body: 'ok', taken: 2, unknown: 1 },
  'answer lost': { error: 'ECONNRESET', taken: 1, unknown: 1 },
  'late answer': { slow: 'too late', taken: 1, unknown: 1 },
  'answer too large': { error: 'UND_ERR_HEADERS_OVERFLOW', taken: 1, unknown: 1 },
  refused: { error: 'ECONNREFUSED' },
  reset: { error: 'ECONNRESET' },
  'time-out': { slow: 'too late' },
  'host name not found': { error: 'ENOTFOUND' },
  'bad certificate': { error: 'CERT_HAS_EXPIRED' },
  'blocked address': { error: 'blocked_address' },
  'not HTTP': { error: 'HPE_INVALID_CONSTANT' },
  'redirect 302': { status: 302, headers: { location: 'https://canary.example/' } },
  'form refused': { status: 400, body: 'invalid_blocks' },
  'denied 401': { status: 401 },
  'denied 403': { status: 403, body: 'canary' },
  'no place 404': { status: 404, body: 'canary' },
  'gone 410': { status: 410 },
  'refused 422': { status: 422, body: 'canary' },
  'early 425': { status: 425 },
  'rest 429': { status: 429, headers: { 'retry-after': '120' } },
  'error 500': { status: 500, body: 'canary' },
  'busy 503': { status: 503, headers: { 'retry-after': '90' } },
} satisfies Readonly<Record<string, Receiver>>;

export type Answer = keyof typeof RECEIVERS;
export const ANSWERS = namesOf(RECEIVERS);

/** What of a message the receiver has: how often, and of how many of these the sender cannot know. */
export interface Taking {
  readonly taken: number;
  readonly unknown: number;
}

export function takingOf(answer: Answer, audience: Audience): Taking {
  const { taken = 0, unknown = 0, unknownInChat = unknown }: Receiver = RECEIVERS[answer];
  return { taken, unknown: audience === 'people' ? unknownInChat : unknown };
}

/** What the sender gets to see of a receiver's answer. @see behave */
export function respond(answer: Answer, host: string, limits: HttpLimits, pass: Pass): HttpResponse {
  return behave(RECEIVERS[answer], host, limits, pass);
}

/** Lets time pass. Milliseconds. */
type Pass = (ms: number) => void;

/**
 * What whoever asks gets to see.
 *
 * @throws {HttpError} when there is no answer
 */
export function behave(behaviour: Behaviour, host: string, limits: HttpLimits, pass: Pass): HttpResponse {
  const { status = 200, headers = {}, body = '', error, slow } = behaviour;
  const ms = slow === undefined ? 0 : limits.timeoutMs - (slow === 'in time' ? 1 : 0);
  pass(ms);
  if (slow === 'too late') throw ownError('timeout', host, ms);
  if (error === 'blocked_address') throw ownError(error, host, ms);
  if (error !== undefined) {
    const url = new URL(`https://${host}/`);
    throw failure(foreignError(error), { url, ms, isFirstContact: false, showedCertificate: false });
  }
  return { status, headers, body, truncated: false, ms };
}

function ownError(code: 'timeout' | 'blocked_address', host: string, ms: number): HttpError {
  return new HttpError({ code, host, ms, message: `${host}: ${code}` });
}

/** Libraries put into messages what they know: nothing of it may go any further. */
function foreignError(code: string): Error {
  const error = Object.assign(new Error('canary'), { code });
  if (code.startsWith('HPE_')) error.name = 'HTTPParserError';
  return error;
}

/** The keys of a table, typed. */
export function namesOf<Name extends string>(
  table: Readonly<Record<Name, unknown>>,
): readonly [Name, ...Name[]] {
  const isName = (name: string): name is Name => Object.hasOwn(table, name);
  const [first, ...others] = Object.keys(table).filter(isName);
  if (first === undefined) throw new Error('an empty table');
  return [first, ...others];
}
