import * as z from 'zod/mini';
import { defined } from '../../base/defined.ts';
import type { MigrationEvent } from '../../events/event.ts';
import { type LanguageName, languageOf } from '../../language/index.ts';
import type { Language } from '../../language/language.ts';
import { compose } from '../../messages/compose.ts';
import type { Events, Message, Room } from '../../messages/message.ts';
import { outcomeOfError } from '../answers/http-outcome.ts';
import type { Outcome, Outgoing } from '../channel.ts';
import type { ChannelDeps, ChannelType, SettingWarning } from '../channel-type.ts';
import type { Visit, VisitDeps } from '../visit.ts';
import { DEFAULT_LOCALE, languageSchema, timeZoneSchema } from './locale.ts';
import { isMentioned, type MentionOn, mentionOnSchema } from './mention.ts';
import { type Quiet, quietSchema } from './quiet.ts';
import { remindEverySchema } from './remind.ts';

/** The settings of every chat, without `mention`, whose form depends on the vendor. */
export const chatShape = {
  mentionOn: mentionOnSchema,
  remindEvery: remindEverySchema,
  quiet: quietSchema,
  language: z
    .optional(languageSchema)
    .check(z.describe('The language of its messages. Default: settings.language.')),
  timeZone: z
    .optional(timeZoneSchema)
    .check(z.describe('The time zone of its messages, such as Asia/Shanghai. Default: settings.timeZone.')),
};

export interface ChatSettings {
  readonly mentionOn?: MentionOn;
  readonly quiet?: Quiet | undefined;
  readonly language?: LanguageName | undefined;
  readonly timeZone?: string | undefined;
}

/** A message on its way to one chat. */
export interface Attempt<Config> {
  readonly message: Message;
  readonly outgoing: Outgoing;
  readonly config: Config;
  readonly deps: ChannelDeps;
}

/** The vendor's part of a channel for people over any protocol: the room of a message, and its way of sending. */
export interface PeopleVendor<Config> {
  /** The longest that one attempt can take, in milliseconds. */
  readonly timeoutMs: number;
  /** Messages in a minute, somewhat below the vendor's limit; absent where a run never reaches the limit. */
  readonly mostPerMinute?: number | undefined;
  /** Set when an access key of Huawei Cloud signs its requests: the channel's own key, or the environment's. */
  readonly needsHuaweiKey?: true | undefined;
  room(config: Config): Room;
  /** As in {@link ChannelType}. */
  warning?(config: Config): SettingWarning | undefined;
  /** As in {@link ChannelType}. */
  place?(config: Config): URL;
  /** As in {@link ChannelType}. */
  visit?(config: Config, deps: VisitDeps): Promise<Visit>;
  send(attempt: Attempt<Config>): Promise<Outcome>;
}

/**
 * Makes a channel type for people: it composes events into a message in the channel's language, and passes it to the
 * vendor.
 */
export function people<Schema extends z.ZodMiniType<ChatSettings>>(
  schema: Schema,
  vendor: PeopleVendor<z.output<Schema>>,
): ChannelType<Schema> {
  const { timeoutMs, mostPerMinute, needsHuaweiKey, warning, place, visit } = vendor;
  return defined<ChannelType<Schema>>({
    audience: 'people',
    schema,
    timeoutMs,
    mostPerMinute,
    needsHuaweiKey,
    warning,
    place,
    visit,
    connect: async (config, deps) => {
      const language = await languageFor(config, deps);
      return async (outgoing) => {
        try {
          const { mentionOn } = config;
          const message = messageOf(outgoing, { language, room: vendor.room(config), mentionOn });
          deps.recorder?.message(message);
          return await vendor.send({ message, outgoing, config, deps });
        } catch (error) {
          return outcomeOfError(error);
        }
      };
    },
  });
}

export function languageFor(config: ChatSettings, deps: ChannelDeps): Promise<Language> {
  const { language, timeZone } = deps.locale ?? DEFAULT_LOCALE;
  return languageOf({ language: config.language ?? language, timeZone: config.timeZone ?? timeZone });
}

/** The other inputs of a message besides its events. */
interface Form {
  readonly language: Language;
  readonly room: Room;
  readonly mentionOn: MentionOn;
}

export function messageOf(
  { events: [event, ...others], now, lateMs, merged, reminder, held, muted, excepted, over }: Outgoing,
  { language, room, mentionOn }: Form,
): Message {
  // Mutant survives, `event === undefined` → `false`: the next line throws as well; only the class is shown.
  // Mutant survives, `'nothing to send'` → `""`: only the class of the error is shown.
  if (event === undefined) throw new TypeError('nothing to send');
  const events: Events = [event, ...others];
  const isCalledFor = (some: readonly MigrationEvent[]) => isMentioned(some, mentionOn);
  return compose(
    events,
    defined({ language, room, isCalledFor, now, lateMs, merged, reminder, held, muted, excepted, over }),
  );
}
