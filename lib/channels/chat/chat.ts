import type * as z from 'zod/mini';
import { defined } from '../../base/defined.ts';
import type { HttpResponse } from '../../http/client.ts';
import { USER_AGENT } from '../../http/user-agent.ts';
import type { Message, Room } from '../../messages/message.ts';
import { attempt, type Classification } from '../answers/http-outcome.ts';
import type { Outgoing } from '../channel.ts';
import type { ChannelDeps, ChannelType, SettingWarning } from '../channel-type.ts';
import { type ChatSettings, type Attempt as MessageAttempt, people } from './people.ts';

/** One request of a vendor's API: JSON, posted. */
export interface ChatRequest {
  readonly url: URL;
  /** Headers besides `content-type` and `user-agent`; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Serialised as JSON. */
  readonly body: unknown;
  /** A range (CIDR) of private addresses to which the vendor's name may resolve. */
  readonly privateRange?: string | undefined;
}

interface HttpChatSettings extends ChatSettings {
  readonly allowInsecure: boolean;
}

/** The vendor's part of a chat: the look of a message, its request, and the meaning of the vendor's answers. */
export interface Vendor<Config, Payload> {
  /** Messages in a minute, somewhat below the vendor's limit; absent where a run never reaches the limit. */
  readonly mostPerMinute?: number | undefined;
  /** Set when an access key of Huawei Cloud signs its requests: the channel's own key, or the environment's. */
  readonly needsHuaweiKey?: true | undefined;
  /** As in the type of a channel. */
  warning?(config: Config): SettingWarning | undefined;
  /** As in the type of a channel. */
  place?(config: Config): URL;
  room(config: Config): Room;
  render(message: Message, config: Config, outgoing: Outgoing): Payload;
  /** Makes the request of one attempt. It signs again each time, because signatures expire. */
  request(payload: Payload, config: Config, now: Date, deps: ChannelDeps): ChatRequest | Promise<ChatRequest>;
  /** The message in its simplest form, which is sent at once when the vendor refuses the form of the first. */
  simplify?(payload: Payload, message: Message, config: Config): Payload;
  classify(answer: HttpResponse, now: Date): Classification;
}

const LIMITS = { timeoutMs: 10_000, maxBodyBytes: 64 * 1024, oversize: 'truncate' } as const;

/** Makes a channel type for people over HTTP: it renders the message, posts it as JSON, and classifies the answer. */
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
  { message, config, deps, outgoing }: MessageAttempt<Config>,
  vendor: Vendor<Config, Payload>,
): Promise<HttpResponse> {
  const { now } = outgoing;
  const ask = async (payload: Payload) =>
    request(await vendor.request(payload, config, now, deps), config, deps);
  const payload = vendor.render(message, config, outgoing);
  const answer = await ask(payload);
  if (vendor.simplify === undefined || vendor.classify(answer, now).isForm !== true) return answer;
  const second = await ask(vendor.simplify(payload, message, config));
  return { ...second, ms: answer.ms + second.ms };
}

function request(
  { url, headers = {}, body, privateRange }: ChatRequest,
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
    defined({ ...LIMITS, allowInsecure, privateRange }),
  );
}
