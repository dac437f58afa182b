import type * as z from 'zod/mini';
import type { HttpResponse } from '../http/client.ts';
import { USER_AGENT } from '../http/user-agent.ts';
import type { Message, Room } from '../messages/message.ts';
import type { ChannelDeps, ChannelType, Hook } from './channel-type.ts';
import { attempt, type Classification } from './http-outcome.ts';
import { type ChatSettings, type Attempt as MessageAttempt, people } from './people.ts';

/** One request of a vendor's API: JSON, posted. */
export interface ChatRequest {
  readonly url: URL;
  /** Besides `content-type` and `user-agent`; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Serialised as JSON. */
  readonly body: unknown;
}

interface HttpChatSettings extends ChatSettings {
  readonly allowInsecure: boolean;
}

/** The vendor's part of a chat: how a message looks there, how it is sent, and what the vendor's answers mean. */
export interface Vendor<Config, Payload> {
  /** Messages that the vendor takes in a minute, with some room to its limit; absent: more than a run ever sends. */
  readonly mostPerMinute?: number | undefined;
  readonly hook?: Hook | undefined;
  room(config: Config): Room;
  render(message: Message, config: Config): Payload;
  /** Signs anew for each attempt: signatures age. */
  request(payload: Payload, config: Config, now: Date): ChatRequest;
  /** The same in the simplest form, for a vendor that refused the form of this one; sent once more at once. */
  simplify?(payload: Payload, message: Message, config: Config): Payload;
  classify(answer: HttpResponse, now: Date): Classification;
}

const LIMITS = { timeoutMs: 10_000, maxBodyBytes: 64 * 1024, oversize: 'truncate' } as const;

/** A type of channel for people that is reached by HTTP: renders the message, posts it as JSON, judges the answer. */
export function chat<Schema extends z.ZodMiniType<HttpChatSettings>, Payload>(
  schema: Schema,
  vendor: Vendor<z.output<Schema>, Payload>,
): ChannelType<Schema> {
  const mostRequests = vendor.simplify === undefined ? 1 : 2;
  return people(schema, {
    ...vendor,
    timeoutMs: mostRequests * LIMITS.timeoutMs,
    send: (one) => attempt(() => post(one, vendor), vendor.classify, one.outgoing.now),
  });
}

async function post<Config extends HttpChatSettings, Payload>(
  { message, config, deps, outgoing: { now } }: MessageAttempt<Config>,
  vendor: Vendor<Config, Payload>,
): Promise<HttpResponse> {
  const ask = (payload: Payload) => request(vendor.request(payload, config, now), config, deps);
  const payload = vendor.render(message, config);
  const answer = await ask(payload);
  if (vendor.simplify === undefined || vendor.classify(answer, now).isForm !== true) return answer;
  const second = await ask(vendor.simplify(payload, message, config));
  return { ...second, ms: answer.ms + second.ms };
}

function request(
  { url, headers = {}, body }: ChatRequest,
  { allowInsecure }: HttpChatSettings,
  { http }: ChannelDeps,
): Promise<HttpResponse> {
  return http.request(
    {
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': USER_AGENT, ...headers },
      body: JSON.stringify(body),
    },
    { ...LIMITS, allowInsecure },
  );
}
