import { USER_AGENT } from '../../http/user-agent.ts';
import { attempt } from '../answers/http-outcome.ts';
import type { Outcome } from '../channel.ts';
import { apiUrl, type ChannelDeps } from '../channel-type.ts';
import { answerIn, classify, type SlackAnswer } from './answers.ts';
import { type BotConfig, USUAL } from './settings.ts';

/** Slack's answer. */
interface Answered {
  /** Absent where there is none, or it is not Slack's. */
  readonly answer?: SlackAnswer | undefined;
  /** The form of the message is refused: a simpler one may pass. */
  readonly isForm: boolean;
}

/** How one call ended. */
export interface Called extends Answered {
  readonly outcome: Outcome;
}

/** One method of Slack's Web API. Never throws. */
export type Call = (method: 'chat.postMessage' | 'chat.update', body: object, now: Date) => Promise<Called>;

/** An attempt to send makes several calls, and must be over soon. */
export const CALL_MS = 5000;

export function createApi({ token, baseUrl, allowInsecure }: BotConfig, { http }: ChannelDeps): Call {
  const limits = {
    timeoutMs: CALL_MS,
    maxBodyBytes: 64 * 1024,
    oversize: 'truncate',
    allowInsecure,
  } as const;
  const post = (method: string, body: object) =>
    http.request(
      {
        method: 'POST',
        url: apiUrl(baseUrl, USUAL, `/${method}`),
        headers: {
          authorization: `Bearer ${token.reveal()}`,
          'content-type': 'application/json; charset=utf-8',
          'user-agent': USER_AGENT,
        },
        body: JSON.stringify(body),
      },
      limits,
    );
  return async (method, body, now) => {
    let answered: Answered = { isForm: false };
    const outcome = await attempt(
      () => post(method, body),
      (response) => {
        const classification = classify(response);
        answered = { answer: answerIn(response), isForm: classification.isForm === true };
        return classification;
      },
      now,
    );
    return { outcome, ...answered };
  };
}
