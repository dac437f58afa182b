import * as z from 'zod/mini';
import { type ChannelConfig, channelSchema } from '../channels/index.ts';
import { REGIONS } from '../dcs/endpoints.ts';
import { Secret } from '../secret.ts';
import { type Heartbeat, heartbeatSchema } from './heartbeat.ts';

/** The configuration as the program uses it. */
export interface Config {
  readonly projects: readonly ProjectConfig[];
  readonly channels: Readonly<Record<string, ChannelConfig>>;
  readonly settings: Settings;
  /** What is allowed but is most likely a mistake, one line each. */
  readonly warnings: readonly string[];
}

export interface Credentials {
  readonly accessKey: Secret;
  readonly secretKey: Secret;
  readonly securityToken?: Secret;
}

export interface TaskConfig {
  readonly id: string;
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface ProjectConfig {
  readonly id: string;
  readonly region: string;
  readonly endpoint: URL;
  /** For people; no two projects have the same. */
  readonly name: string;
  readonly credentials: Credentials;
  readonly allowInsecure: boolean;
  readonly tasks: readonly TaskConfig[];
}

export interface Settings {
  /** Between two ticks of a local run, in milliseconds. */
  readonly intervalMs: number;
  /** Towards one endpoint with one access key. */
  readonly requestsPerSecond: number;
  /** With the places `{region}`, `{project}` and `{task}`. */
  readonly consoleUrl: string;
  readonly heartbeat?: Heartbeat;
}

/** Ids are 32 hexadecimal digits or UUIDs today; nobody promises that they stay so. */
const id = z
  .string()
  .check(z.regex(/^[A-Za-z0-9-]{1,64}$/, 'expected an id: letters, digits and hyphens, at most 64'));

/** Names get into log lines and messages. */
const name = z
  .string()
  .check(z.regex(/^(?=.*\S)\P{Cc}{1,100}$/u, 'expected a name of one line, at most 100 characters'));

const labels = z.record(
  z.string().check(z.regex(/^(?=.*\S)\P{Cc}{1,64}$/u, 'expected a label of one line, at most 64 characters')),
  z.string().check(z.regex(/^\P{Cc}{0,256}$/u, 'expected a text of one line, at most 256 characters')),
);

/** Keys are sent in headers. A blank or line break that was copied along would only show as a refused signature. */
const KEY = /^[\x21-\x7e]+$/;

const key = z.pipe(
  z
    .string()
    .check(
      z.minLength(1, { error: 'is empty', abort: true }),
      z.regex(KEY, 'has a blank, a line break or another character that no key has'),
    ),
  z.transform((text: string) => new Secret(text)),
);

/** Permanent keys have no token; an unset variable arrives here as an empty text. */
const token = z.pipe(
  z
    .string()
    .check(
      z.refine((text) => text === '' || KEY.test(text), 'has a blank or a line break, which no token has'),
    ),
  z.transform((text: string) => (text === '' ? undefined : new Secret(text))),
);

const credentials = z
  .strictObject({ accessKey: key, secretKey: key, securityToken: z.optional(token) })
  .check(z.describe('Default: HUAWEICLOUD_SDK_AK, _SK, _SECURITY_TOKEN, else the same with CLOUD_SDK_.'));

const task = z.strictObject({
  id: id.check(z.describe('The id that the DCS console shows in its list of migration tasks.')),
  name: z.optional(name).check(z.describe("For people; default: the task's own name.")),
  labels: z.optional(labels).check(z.describe('Words of your own, for the filters of channels.')),
});

const project = z.strictObject({
  id: id.check(z.describe('The Huawei Cloud project id.')),
  name: z.optional(name).check(z.describe('For people; default: the id.')),
  region: z
    .optional(z.string())
    .check(
      z.meta({ description: 'Picks the endpoint. With an endpoint: only shown.', examples: [...REGIONS] }),
    ),
  endpoint: z
    .optional(z.string())
    .check(z.describe('Address of the DCS API where no region of Huawei Cloud names it.')),
  credentials: z.optional(credentials),
  allowInsecure: z
    ._default(z.boolean({ error: 'expected true or false' }), false)
    .check(z.describe('Permits http:// and private or loopback addresses for this project.')),
  tasks: z
    .array(z.union([id, task], 'expected an id (one of digits only in quotes), or settings with an id'))
    .check(z.minLength(1, 'expected at least one task'), z.describe('Migration tasks to watch.')),
});

const UNITS_MS = { s: 1000, m: 60_000, h: 3_600_000 } as const;
/** A timer of Node's must stay below 24.8 days. */
const INTERVAL_MS = { least: 1000, most: 24 * UNITS_MS.h } as const;
const DURATION = 'expected a time such as 60s, 5m or 1h, from 1s to 24h';

function milliseconds(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const unitMs = unit === 's' || unit === 'm' || unit === 'h' ? UNITS_MS[unit] : Number.NaN;
  return Number(count) * unitMs;
}

const duration = z.pipe(
  z.string({ error: DURATION }).check(
    z.regex(/^\d{1,6}[smh]$/, { error: DURATION, abort: true }),
    z.refine((text) => {
      const ms = milliseconds(text);
      return ms >= INTERVAL_MS.least && ms <= INTERVAL_MS.most;
    }, DURATION),
  ),
  z.transform(milliseconds),
);

const RATE = 'expected a number above 0, at most 100';
const CONSOLE_URL = 'expected an https:// address, in which {region}, {project} and {task} are filled in';

/** The link goes into messages; nothing is fetched from it. */
function isConsoleUrl(template: string): boolean {
  const filled = template.replaceAll(/\{(?:region|project|task)\}/g, 'x');
  const url = URL.parse(filled);
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && !/[{}\s]/.test(filled);
}

const settings = z.strictObject({
  interval: z.prefault(duration, '60s').check(z.describe('Between two ticks of a local run: 60s, 5m, 1h.')),
  requestsPerSecond: z
    ._default(z.number({ error: RATE }).check(z.gt(0, RATE), z.lte(100, RATE)), 10)
    .check(z.describe('Towards one endpoint with one access key.')),
  consoleUrl: z
    ._default(
      z.string({ error: CONSOLE_URL }).check(z.refine(isConsoleUrl, CONSOLE_URL)),
      'https://console.huaweicloud.com/dcs/?region={region}',
    )
    .check(z.describe('Link in messages; {region}, {project} and {task} are filled in.')),
  heartbeat: z.optional(heartbeatSchema),
});

const CHANNEL_NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/;
const channelName = z
  .string()
  .check(
    z.regex(
      CHANNEL_NAME,
      'expected a name of letters, digits and _ . -, at most 64, not beginning with _ . -',
    ),
  );

/** The configuration as the file writes it, after references are filled. What files and editors check comes from here. */
export const fileSchema = z.strictObject({
  $schema: z.optional(z.string()).check(z.describe('For editors; not used.')),
  projects: z
    .array(project)
    .check(z.minLength(1, 'expected at least one project'), z.describe('What to watch.')),
  channels: z.record(channelName, channelSchema).check(
    z.refine(
      (channels) => Object.keys(channels).length > 0,
      'expected at least one channel: without one, nobody is told',
    ),
    z.describe('Whom to tell, each under a name of its own.'),
  ),
  settings: z.prefault(settings, {}),
});

export type ConfigFile = z.output<typeof fileSchema>;
