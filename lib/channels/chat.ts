import * as z from 'zod/mini';
import { defined } from '../base/defined.ts';
import type { Secret } from '../base/secret.ts';
import type { HttpResponse } from '../http/client.ts';
import { USER_AGENT } from '../http/user-agent.ts';
import { type LanguageName, languageOf } from '../language/index.ts';
import type { Language } from '../language/language.ts';
import { compose } from '../messages/compose.ts';
import type { Events, Message, Room } from '../messages/message.ts';
import type { Outgoing } from './channel.ts';
import type { ChannelDeps, ChannelType, Hook } from './channel-type.ts';
import { attempt, type Classification } from './http-outcome.ts';
import { DEFAULT_LOCALE, languageSchema, timeZoneSchema } from './locale.ts';
import { isMentioned, type MentionOn, mentionOnSchema } from './mention.ts';
import { remindEverySchema } from './remind.ts';

/** The settings that every chat has, beside those of HTTP; who is mentioned is written in each vendor's own form. */
export const chatShape = {
  mentionOn: mentionOnSchema,
  remindEvery: remindEverySchema,
  language: z
    .optional(languageSchema)
    .check(z.describe('The language of its messages. Default: settings.language.')),
  timeZone: z
    .optional(timeZoneSchema)
    .check(z.describe('The time zone of its messages, such as Asia/Shanghai. Default: settings.timeZone.')),
};

interface ChatSettings {
  readonly url: Secret;
  readonly allowInsecure: boolean;
  readonly mentionOn?: MentionOn;
  readonly language?: LanguageName | undefined;
  readonly timeZone?: string | undefined;
}

/** The vendor's part of a chat: how a message looks there, and what the vendor's answers mean. */
interface Vendor<Config, Payload> {
  room(config: Config): Room;
  render(message: Message, config: Config): Payload;
  /** The same payload in the simplest form, where the vendor refused the form of this one; sent once more at once. */
  simplify?(payload: Payload, answer: HttpResponse): Payload | undefined;
  classify(answer: HttpResponse, now: Date): Classification;
  readonly hook?: Hook;
}

const LIMITS = { timeoutMs: 10_000, maxBodyBytes: 64 * 1024, oversize: 'truncate' } as const;

/** A type of channel for people: composes events in the channel's language, renders the message, posts it as JSON. */
export function chat<Schema extends z.ZodMiniType<ChatSettings>, Payload>(
  schema: Schema,
  vendor: Vendor<z.output<Schema>, Payload>,
): ChannelType<Schema> {
  const mostRequests = vendor.simplify === undefined ? 1 : 2;
  return defined({
    audience: 'people',
    schema,
    hook: vendor.hook,
    timeoutMs: mostRequests * LIMITS.timeoutMs,
    connect(config, deps) {
      const { language, timeZone } = deps.locale ?? DEFAULT_LOCALE;
      const own = { language: config.language ?? language, timeZone: config.timeZone ?? timeZone };
      const chat = { config, vendor, deps, language: languageOf(own) };
      return (outgoing) => attempt(() => say(outgoing, chat), vendor.classify, outgoing.now);
    },
  });
}

/** A chat that is connected. */
interface Connected<Config extends ChatSettings, Payload> {
  readonly config: Config;
  readonly vendor: Vendor<Config, Payload>;
  readonly deps: ChannelDeps;
  readonly language: Language;
}

async function say<Config extends ChatSettings, Payload>(
  outgoing: Outgoing,
  chat: Connected<Config, Payload>,
): Promise<HttpResponse> {
  const { config, vendor, deps } = chat;
  const payload = vendor.render(messageOf(outgoing, chat), config);
  const answer = await post(payload, config, deps);
  const simpler = vendor.simplify?.(payload, answer);
  if (simpler === undefined) return answer;
  const second = await post(simpler, config, deps);
  return { ...second, ms: answer.ms + second.ms };
}

function messageOf<Config extends ChatSettings, Payload>(
  { events: [event, ...others], now, lateMs, merged, reminder }: Outgoing,
  { config, vendor, language }: Connected<Config, Payload>,
): Message {
  // Mutant survives, `event === undefined` → `false`: the next line throws as well; only the class is shown.
  // Mutant survives, `'nothing to send'` → `""`: only the class of the error is shown.
  if (event === undefined) throw new TypeError('nothing to send');
  const events: Events = [event, ...others];
  const mentions = isMentioned(events, config.mentionOn);
  const room = vendor.room(config);
  return compose(events, defined({ language, room, now, lateMs, merged, reminder, mentions }));
}

function post(
  payload: unknown,
  { url, allowInsecure }: ChatSettings,
  { http }: ChannelDeps,
): Promise<HttpResponse> {
  return http.request(
    {
      method: 'POST',
      url: new URL(url.reveal()),
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': USER_AGENT },
      body: JSON.stringify(payload),
    },
    { ...LIMITS, allowInsecure },
  );
}
