import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { ASKED_CHANNELS } from '../../../../lib/cli/commands/init/channels.ts';

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

/** Two buses with settings that only their consoles know. */
const BY_HAND = ['eventbridge', 'eventgrid'];

describe('the channels that init asks for', () => {
  it('are of all types but those that are written by hand', () => {
    const types = TYPES.map(({ type }) => type).filter((type) => !BY_HAND.includes(type));
    expect(ASKED_CHANNELS.map(({ type }) => type).toSorted()).toEqual(types.toSorted());
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

  it('have options of their own', () => {
    const options = ASKED_CHANNELS.flatMap(({ settings }) => settings.map(({ option }) => option));
    expect(new Set(options).size).toBe(options.length);
  });
});
