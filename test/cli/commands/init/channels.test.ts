import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { TYPE_NAMES } from '../../../../lib/channels/index.ts';
import { ASKED_CHANNELS } from '../../../../lib/cli/commands/init/channels.ts';
import { typedChannels } from '../../../../lib/cli/commands/init/typed.ts';
import { yamlOf } from '../../../../lib/cli/commands/init/yaml.ts';
import { loadConfig } from '../../../../lib/config/load.ts';
import { ACCESS_KEY, PROJECT_ID, SECRET_KEY, SIGNING_SECRET } from '../../../support/world.ts';

const SCHEMA = z.object({
  properties: z.object({
    channels: z.object({
      additionalProperties: z.object({
        oneOf: z.array(
          z.object({
            required: z.array(z.string()),
            properties: z.intersection(
              z.record(z.string(), z.unknown()),
              z.object({ type: z.object({ const: z.string() }) }),
            ),
          }),
        ),
      }),
    }),
  }),
});

/** The settings of each type, as the published schema has them. */
const TYPES = SCHEMA.parse(
  JSON.parse(readFileSync(new URL('../../../../watch.schema.json', import.meta.url), 'utf8')),
).properties.channels.additionalProperties.oneOf.map(({ required, properties }) => ({
  type: properties.type.const,
  required: required.filter((name) => name !== 'type'),
  settings: Object.keys(properties),
}));

/** A secret in the form of its type. */
function secretFor(type: string, setting: string): string {
  if (setting === 'secret') return SIGNING_SECRET;
  if (setting === 'token') return 'xoxb-1-2-canary';
  if (setting === 'routingKey') return 'R'.repeat(32);
  return type === 'email' ? 'smtps://user:password@mail.example.com:465' : 'https://hooks.example.com/x';
}

describe('the channels that init asks for', () => {
  it('are of all types that there are', () => {
    expect(ASKED_CHANNELS.map(({ type }) => type).toSorted()).toEqual(TYPE_NAMES.toSorted());
    expect(TYPES.map(({ type }) => type).toSorted()).toEqual(TYPE_NAMES.toSorted());
  });

  it.each(ASKED_CHANNELS.map((channel) => [channel.type, channel] as const))(
    'have each setting that %s cannot do without, and none that it does not have',
    (type, { settings }) => {
      const known = TYPES.find((one) => one.type === type);
      const asked = settings.map(({ setting }) => setting);
      expect(asked).toEqual(expect.arrayContaining(known?.required ?? []));
      expect(known?.settings).toEqual(expect.arrayContaining(asked));
    },
  );

  it.each(ASKED_CHANNELS.map((channel) => [channel.type, channel] as const))(
    'make a configuration with %s that loads, of the usual values',
    async (type, { settings }) => {
      const typed = new Map(settings.map(({ option, usual }) => [option, usual]));
      const { channels, problems } = typedChannels(typed, {});
      expect(problems).toEqual([]);
      const text = yamlOf(
        {
          place: { region: 'cn-north-4', projectId: PROJECT_ID, allowInsecure: false },
          tasks: [{ id: 'a276c1ffa0a54c2597fc824b917db317' }],
          channels,
          keyVariables: '',
        },
        'npm start --',
      ).replace('urn:smn:cn-north-4:PROJECT_ID:TOPIC', `urn:smn:cn-north-4:${PROJECT_ID}:redis`);
      const env = {
        HUAWEICLOUD_SDK_AK: ACCESS_KEY,
        HUAWEICLOUD_SDK_SK: SECRET_KEY,
        ...Object.fromEntries(settings.map(({ usual, setting }) => [usual, secretFor(type, setting)])),
      };
      const config = await loadConfig({ text, file: 'watch.yml', env });
      expect(config.channels).toMatchObject({ [type]: { type } });
    },
  );

  it('take region and project from the tasks where nothing else is said', () => {
    const typed = new Map([
      ['eventgrid-event-channel', 'c'],
      ['eventgrid-event-source', 's'],
    ]);
    expect(typedChannels(typed, { region: 'cn-east-3', projectId: PROJECT_ID })).toEqual({
      problems: [],
      channels: [
        {
          type: 'eventgrid',
          settings: [
            { setting: 'eventChannel', value: 'c', isVariable: false },
            { setting: 'eventSource', value: 's', isVariable: false },
            { setting: 'region', value: 'cn-east-3', isVariable: false },
            { setting: 'projectId', value: PROJECT_ID, isVariable: false },
          ],
        },
      ],
    });
    expect(typedChannels(typed, { projectId: PROJECT_ID }).problems).toEqual([
      '--eventgrid-region is missing',
    ]);
    expect(typedChannels(new Map([['eventbridge-bus', 'redis']]), {}).problems).toEqual([
      expect.stringMatching(/^--eventbridge-bus expects something such as arn:aws:events:/),
    ]);
  });

  it('have options of their own', () => {
    const options = ASKED_CHANNELS.flatMap(({ settings }) => settings.map(({ option }) => option));
    expect(new Set(options).size).toBe(options.length);
  });
});
