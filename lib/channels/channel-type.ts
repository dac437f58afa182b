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

/** Takes what is sent, in place of the services: for a look at it beforehand. */
export interface Recorder {
  /** A message as people read it, before it has the form of a chat. */
  message(message: Message): void;
  /** Content that does not go through the HTTP client. */
  content(content: unknown): void;
}

/** The outcome of an attempt that ends at a recorder. */
export const RECORDED: Outcome = { class: 'delivered', reason: 'recorded', ms: 0 };

/** Everything that a channel needs besides its own settings. */
export interface ChannelDeps {
  readonly http: HttpClient;
  /** The language and the time zone of chats that have none of their own; absent: English in UTC. */
  readonly locale?: Locale;
  /** Those on the way to services that are reached by a library of their own. */
  readonly proxies?: Proxies | undefined;
  /**
   * The access key of channels of Huawei Cloud that have none of their own; asked for anew at each attempt, for keys of an
   * agency change. Absent: there is none.
   */
  readonly huawei?: () => Promise<Credentials>;
  /** Absent: what is sent leaves this machine. */
  readonly recorder?: Recorder | undefined;
}

/** Makes one attempt. Never throws: a failure is an outcome. */
export interface Send {
  (outgoing: Outgoing): Promise<Outcome>;
  /** Absent where a message stays as it was sent. */
  readonly live?: Live | undefined;
}

/** The addresses of one service, so that one at the wrong place of a configuration is noticed before it is tried. */
export interface Hook {
  /** The type of channel that is for it. */
  readonly type: string;
  /** Its name for people. */
  readonly service: string;
  readonly hosts: RegExp;
  /** The problem of an address, in words that continue "the url"; a relay on any other host is none. */
  problem(url: URL): string | undefined;
}

/** A channel's settings as the file has them, for checks that a schema cannot make. */
export interface RawSettings {
  readonly filled: unknown;
  /** Before references were filled: nothing else may be repeated in a message. */
  readonly written: unknown;
}

/** A problem of one setting; the path begins at the channel. */
export interface SettingProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A setting that is most likely a mistake, and why, in words that continue its name. */
export interface SettingWarning {
  readonly setting: string;
  readonly message: string;
}

/** One type of channel: its settings, its readers, and how it sends. Filters and fingerprints are the same for all types. */
export interface ChannelType<Schema extends z.ZodMiniType> {
  readonly audience: Audience;
  readonly schema: Schema;
  /** The longest that one attempt can take, in milliseconds. */
  readonly timeoutMs: number;
  /** Messages that the vendor takes in a minute, with some room to its limit; absent: more than a run ever sends. */
  readonly mostPerMinute?: number | undefined;
  /** The events that a channel of this type gets; absent: all that pass its filter. */
  accepts?(event: MigrationEvent, when: Filter | undefined, isFollowUp: boolean): boolean;
  /** Finds what the schema cannot, and may load what only that needs. The settings may be of any form. */
  examine?(settings: RawSettings): Promise<readonly SettingProblem[]>;
  /** Its requests are signed with an access key of Huawei Cloud: its own, or the environment's. */
  readonly needsHuaweiKey?: true | undefined;
  /** A setting that is allowed but most likely a mistake; the configuration is loaded with a warning. */
  warning?(config: z.output<Schema>): SettingWarning | undefined;
  /** Where it sends to; absent where that is the setting `url`. */
  place?(config: z.output<Schema>): URL;
  /**
   * The settings that identify the place of its messages, if it goes on with them; absent: all. A rotated token or another
   * language is no reason to begin anew.
   */
  home?(config: z.output<Schema>): readonly string[];
  /** Visits its service without sending anything; absent where the service speaks HTTP. */
  visit?(config: z.output<Schema>, deps: VisitDeps): Promise<Visit>;
  /** May load what only these settings need. */
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

/** The settings that every channel that speaks HTTP to an address of the user has. */
export const httpShape = {
  url: secretText.check(z.describe('The URL to send to, https://… Treated as a secret.')),
  ...channelShape,
};

/** The address of a vendor's API, for other clouds, for relays and for tests. */
export function apiAddress(usual: string) {
  return z
    .optional(secretText)
    .check(z.describe(`Where its API is, before the vendor's own path. Default: ${usual}.`));
}

/** An address of a vendor's API: a path and a query of the base stay. */
export function apiUrl(base: Secret | undefined, usual: string, path: string): URL {
  const url = new URL(base?.reveal() ?? usual);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  return url;
}

/**
 * Refuses an address that must not be connected to. Runs although other settings have problems, so that all are reported
 * together, and never repeats the address.
 *
 * @param setting that holds it
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
