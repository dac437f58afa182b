import type { HttpResponse } from '../../http/client.ts';
import { USER_AGENT } from '../../http/user-agent.ts';
import type { Outcome } from '../channel.ts';
import { apiUrl, type ChannelDeps } from '../channel-type.ts';
import { attempt } from '../http-outcome.ts';
import { answerIn, classify, type SlackAnswer } from './answers.ts';
import { type BotConfig, USUAL } from './settings.ts';

/** How one call ended. */
export interface Called {
  readonly outcome: Outcome;
  /** Absent where there is none, or it is not Slack's. */
  readonly answer?: SlackAnswer | undefined;
  /** The form of the message is refused: a simpler one may pass. */
  readonly isForm: boolean;
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
  return async (method, body, now) => {
    let response: HttpResponse | undefined;
    const outcome = await attempt(
      async () => {
        response = await http.request(
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
        return response;
      },
      classify,
      now,
    );
    if (response === undefined) return { outcome, isForm: false };
    return { outcome, answer: answerIn(response), isForm: classify(response).isForm === true };
  };
}
