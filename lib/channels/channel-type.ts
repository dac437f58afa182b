import * as z from 'zod/mini';
import { Secret } from '../base/secret.ts';
import type { MigrationEvent } from '../events/event.ts';
import { urlProblem } from '../http/address-guard.ts';
import type { HttpClient } from '../http/client.ts';
import type { Proxies } from '../http/proxies.ts';
import type { Credentials } from '../huawei/signer.ts';
import type { Locale } from '../language/index.ts';
import type { Message } from '../messages/message.ts';
import type { Audience, Live, Outcome, Outgoing } from './channel.ts';
import { type Filter, filterSchema } from './filter.ts';
import type { Visit, VisitDeps } from './visit.ts';

/** Receives messages instead of the services, for previews. */
export interface Recorder {
  /** A message before a chat's own form. */
  message(message: Message): void;
  /** Content that does not go through the HTTP client. */
  content(content: unknown): void;
}

/** The outcome of an attempt with a recorder. */
export const RECORDED: Outcome = { class: 'delivered', reason: 'recorded', ms: 0 };

/** Everything that a channel needs besides its own settings. */
export interface ChannelDeps {
  readonly http: HttpClient;
  /** The default language and time zone of chats; absent: English in UTC. */
  readonly locale?: Locale;
  /** The proxies for services that are reached through a vendor's library. */
  readonly proxies?: Proxies | undefined;
  /**
   * The access key for channels of Huawei Cloud without their own. Each attempt asks again, because the keys of an
   * agency change. Absent: there is none.
   */
  readonly huawei?: () => Promise<Credentials>;
  /** Absent: messages leave this machine. */
  readonly recorder?: Recorder | undefined;
}

/** Makes one attempt. Never throws: a failure is an outcome. */
export interface Send {
  (outgoing: Outgoing): Promise<Outcome>;
  /** Absent where messages are never edited. */
  readonly live?: Live | undefined;
}

/**
 * The addresses of one service. They show that an address is in the wrong place of a configuration before it is used.
 */
export interface Hook {
  /** The type of channel for this service. */
  readonly type: string;
  /** Its name for people. */
  readonly service: string;
  readonly hosts: RegExp;
  /** The problem of an address, in words that continue "the url". A relay on another host is no problem. */
  problem(url: URL): string | undefined;
}

/** A channel's settings in the file, for checks that a schema cannot make. */
export interface RawSettings {
  readonly filled: unknown;
  /** The settings before references were filled. Messages may only quote from these, never secrets. */
  readonly written: unknown;
}

/** A problem of one setting; the path begins at the channel. */
export interface SettingProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A setting that is most likely a mistake, with the reason in words that continue its name. */
export interface SettingWarning {
  readonly setting: string;
  readonly message: string;
}

/**
 * One type of channel: its settings, its audience, and its way of sending. Filters and fingerprints work alike for all
 * types.
 */
export interface ChannelType<Schema extends z.ZodMiniType> {
  readonly audience: Audience;
  readonly schema: Schema;
  /** The longest that one attempt can take, in milliseconds. */
  readonly timeoutMs: number;
  /** Messages in a minute, somewhat below the vendor's limit; absent where a run never reaches the limit. */
  readonly mostPerMinute?: number | undefined;
  /** The events that a channel of this type gets; absent: all that pass its filter. */
  accepts?(event: MigrationEvent, when: Filter | undefined, isFollowUp: boolean): boolean;
  /** Finds problems that the schema cannot, and may load code for that. The settings may have any form. */
  examine?(settings: RawSettings): Promise<readonly SettingProblem[]>;
  /** Set when an access key of Huawei Cloud signs its requests: the channel's own key, or the environment's. */
  readonly needsHuaweiKey?: true | undefined;
  /** A setting that is allowed but most likely a mistake; the configuration is loaded with a warning. */
  warning?(config: z.output<Schema>): SettingWarning | undefined;
  /** The address that it sends to; absent where that is the setting `url`. */
  place?(config: z.output<Schema>): URL;
  /**
   * The settings that identify the place of its messages, for a channel that edits them or replies; absent: all
   * settings. A rotated token or another language does not change the place.
   */
  home?(config: z.output<Schema>): readonly string[];
  /** Visits its service without sending anything; absent where the service speaks HTTP. */
  visit?(config: z.output<Schema>, deps: VisitDeps): Promise<Visit>;
  /** Makes the channel's way of sending. It may load code that only these settings need. */
  connect(config: z.output<Schema>, deps: ChannelDeps): Promise<Send>;
}

/** A text that is a {@link Secret} as soon as it is read. */
export const secretText = z.pipe(
  z.string({ error: 'expected a text' }),
  z.transform((text: string) => new Secret(text)),
);

/** The settings that every channel has. */
export const channelShape = {
  when: z.optional(filterSchema),
  allowInsecure: z
    ._default(z.boolean({ error: 'expected true or false' }), false)
    .check(z.describe('Permits http:// and private or loopback addresses for this channel.')),
};

/** The settings of every channel that sends over HTTP to an address from the user. */
export const httpShape = {
  url: secretText.check(z.describe('The URL to send to, https://… Treated as a secret.')),
  ...channelShape,
};

/** The setting for the address of a vendor's API: for other clouds, relays and tests. */
export function apiAddress(usual: string) {
  return z
    .optional(secretText)
    .check(z.describe(`Where its API is, before the vendor's own path. Default: ${usual}.`));
}

/** An address of a vendor's API. It keeps the path and the query of the base. */
export function apiUrl(base: Secret | undefined, usual: string, path: string): URL {
  const url = new URL(base?.reveal() ?? usual);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  return url;
}

/**
 * Refuses an address that must not be connected to. It also runs when other settings have problems, so that all are
 * reported together. Its messages never repeat the address.
 *
 * @param setting the name of the setting with the address
 */
export function safeAddress(setting: string) {
  return z.check<{ allowInsecure: boolean }>(
    ({ value, issues }) => {
      const address = addressIn(value, setting)?.reveal() ?? '';
      const problem = urlProblem(address, { allowInsecure: value.allowInsecure === true });
      if (problem === undefined) return;
      issues.push({ code: 'custom', path: [setting], input: undefined, message: problem, continue: true });
    },
    { when: ({ value }) => addressIn(value, setting) !== undefined },
  );
}

/** The same for the setting `url`. */
export const safeUrl = safeAddress('url');

export function hasUrl(value: unknown): boolean {
  return addressIn(value, 'url') !== undefined;
}

function addressIn(value: unknown, setting: string): Secret | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const address: unknown = Reflect.get(value, setting);
  return address instanceof Secret ? address : undefined;
}
