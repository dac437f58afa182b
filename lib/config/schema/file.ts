import * as z from 'zod/mini';
import { type ChannelConfig, channelSchemaOf, type LoadedTypes } from '../../channels/index.ts';
import type { Proxies } from '../../http/proxies.ts';
import { credentialsSchema } from '../../huawei/credentials.ts';
import { REGIONS } from '../../huawei/regions.ts';
import type { Credentials } from '../../huawei/signer.ts';
import type { Discover } from '../../migration/discovery/discovery.ts';
import { consoleUrl, type Settings, settingsSchema } from './settings.ts';
import { entryName, glob, id, labels, name } from './texts.ts';

/** The configuration in the program. */
export interface Config {
  readonly projects: readonly ProjectConfig[];
  readonly channels: Readonly<Record<string, ChannelConfig>>;
  readonly groups: Readonly<Record<string, GroupConfig>>;
  readonly settings: Settings;
  /** The access key of the environment, for channels of Huawei Cloud without their own. */
  readonly credentials?: Credentials;
  /** The proxies from the environment. */
  readonly proxies?: Proxies;
  /** Warnings about allowed settings that are most likely mistakes; one line each. */
  readonly warnings: readonly string[];
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
  /** A name for people, unique among projects. */
  readonly name: string;
  readonly credentials: Credentials;
  readonly allowInsecure: boolean;
  /** A link with the placeholders `{region}`, `{project}` and `{task}`; absent where the console is unknown. */
  readonly consoleUrl?: string;
  /** Empty only where tasks are discovered. */
  readonly tasks: readonly TaskConfig[];
  /** Discovers further tasks in the project's list. */
  readonly discover?: Discover;
}

/** A cluster that several tasks migrate. It has either `tasks` (ids) or `labels` (which a member all has). */
export interface GroupConfig {
  readonly tasks?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

const task = z.strictObject({
  id: id.check(z.describe('The id shown in the list of migration tasks in the DCS console.')),
  name: z.optional(name).check(z.describe("The name shown to people; default: the task's own name.")),
  labels: z.optional(labels).check(z.describe('Labels of your own, for the filters of channels.')),
});

const discover = z.union(
  [
    z.literal(true),
    z.strictObject({
      name: z
        .optional(glob)
        .check(z.describe('Only tasks whose name matches: * stands for any characters, ? for one.')),
      labels: z.optional(labels).check(z.describe('Labels for the discovered tasks.')),
    }),
  ],
  'expected true, or settings with a name or labels; leave it out to watch only the tasks that are listed',
);

export const projectSchema = z
  .strictObject({
    id: id.check(z.describe('The Huawei Cloud project id.')),
    name: z.optional(name).check(z.describe('The name shown to people; default: the id.')),
    region: z.optional(z.string()).check(
      z.meta({
        description: 'Selects the endpoint. If endpoint is set, the region is only shown.',
        examples: [...REGIONS],
      }),
    ),
    endpoint: z
      .optional(z.string())
      .check(z.describe('The address of the DCS API, if no region of Huawei Cloud selects it.')),
    credentials: z.optional(credentialsSchema),
    allowInsecure: z
      ._default(z.boolean({ error: 'expected true or false' }), false)
      .check(z.describe('Permits http:// and private or loopback addresses for this project.')),
    consoleUrl: consoleUrl.check(
      z.describe('The link in messages about this project; default: settings.consoleUrl.'),
    ),
    discover: z.optional(discover).check(z.describe("Watches the tasks in the project's list.")),
    tasks: z
      ._default(
        z.array(
          z.union(
            [id, task],
            'expected an id (in quotes if it consists of digits only), or settings with an id',
          ),
        ),
        [],
      )
      .check(z.describe('The migration tasks to watch; at least one unless tasks are discovered.')),
  })
  .check(
    z.meta({
      anyOf: [{ required: ['discover'] }, { required: ['tasks'], properties: { tasks: { minItems: 1 } } }],
    }),
  );

/** The schema accepts both settings; a check of the whole file demands exactly one. */
const group = z
  .strictObject({
    tasks: z
      .optional(z.array(id).check(z.minLength(1, 'expected at least one id of a task')))
      .check(z.describe('Ids of tasks, from any project.')),
    labels: z
      .optional(
        labels.check(z.refine((wanted) => Object.keys(wanted).length > 0, 'expected at least one label')),
      )
      .check(z.describe('Labels; every watched task that has all of them belongs to the group.')),
  })
  .check(z.meta({ oneOf: [{ required: ['tasks'] }, { required: ['labels'] }] }));

const projects = z
  .array(projectSchema)
  .check(z.minLength(1, 'expected at least one project'), z.describe('The projects to watch.'));

export const groupsSchema = z
  ._default(z.record(entryName, group), {})
  .check(z.describe('Clusters migrated as several tasks, each under a name of its own.'));

function channelsOf(types: LoadedTypes) {
  return z.record(entryName, channelSchemaOf(types)).check(
    z.refine(
      (channels) => Object.keys(channels).length > 0,
      'expected at least one channel: without one, nobody gets any events',
    ),
    z.meta({
      description: 'The channels that get events, each under a name of its own.',
      maxProperties: MOST_CHANNELS,
    }),
  );
}

/**
 * The schema of the file after references are filled. The checks of files and the JSON Schema for editors come from it.
 *
 * @param types the types that channels may have
 */
export function fileSchemaOf(types: LoadedTypes) {
  return z.strictObject({
    $schema: z.optional(z.string()).check(z.describe('For editors; not used.')),
    projects,
    channels: channelsOf(types),
    groups: groupsSchema,
    settings: z.prefault(settingsSchema, {}),
  });
}

export type FileSchema = ReturnType<typeof fileSchemaOf>;

export type ConfigFile = z.output<FileSchema>;

/**
 * The most channels. A task's record is an item of at most 400 KB in DynamoDB, of which 200 kB are for events and
 * deliveries. While every receiver is down, an event takes 2.5 kB, and some 110 bytes and the name for each channel:
 * with 128 channels there is room for eight events, even with the longest names.
 */
export const MOST_CHANNELS = 128;
