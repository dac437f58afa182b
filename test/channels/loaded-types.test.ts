import { describe, expect, it } from 'vitest';
import { channelSchemaOf, type LoadedTypes, loadTypes, TYPE_NAMES } from '../../lib/channels/index.ts';
import { MINIMAL, problemsOf } from '../config/support.ts';
import { ALL_TYPES } from '../support/channel-types.ts';

const STRANGERS = [{ type: 'pigeon' }, { type: 'slak' }, { type: '' }, { type: 7 }, {}, 'slack', null];

function issuesOf(settings: unknown, types: LoadedTypes) {
  const { error } = channelSchemaOf(types).safeParse(settings);
  return error?.issues.map(({ path, message }) => ({ path, message }));
}

describe('a channel of a type that nobody knows', () => {
  it.each(TYPE_NAMES)('is refused in the same words where only %s is loaded', async (type) => {
    const some = await loadTypes(new Set([type]));
    for (const settings of STRANGERS) {
      expect(issuesOf(settings, some)).toHaveLength(1);
      expect(issuesOf(settings, some)).toEqual(issuesOf(settings, ALL_TYPES));
    }
  });

  it('is refused in the same words where no type is named', async () => {
    const some = await loadTypes(new Set(['pigeon']));
    for (const settings of STRANGERS) expect(issuesOf(settings, some)).toEqual(issuesOf(settings, ALL_TYPES));
  });
});

describe('several mistakes', () => {
  const mistakes = (type: string) => ({ type, url: 7, colour: 'red', when: { to: 1 }, allowInsecure: 'no' });

  it.each(TYPE_NAMES)('in a channel of type %s are worded as where every type is loaded', async (type) => {
    const alone = issuesOf(mistakes(type), await loadTypes(new Set([type])));
    expect(alone?.length).toBeGreaterThan(1);
    expect(alone).toEqual(issuesOf(mistakes(type), ALL_TYPES));
  });

  it('of one channel are reported alike, alone and among channels of every type', async () => {
    const own = { ops: { type: 'slak' }, bot: mistakes('slack') };
    const others = Object.fromEntries(TYPE_NAMES.map((type) => [`one-${type}`, { type }]));
    const isOwn = (line: string) => !line.startsWith('channels.one-');
    const alone = await problemsOf({ ...MINIMAL, channels: own });
    const among = await problemsOf({ ...MINIMAL, channels: { ...own, ...others } });
    expect(alone.length).toBeGreaterThan(2);
    expect(among.filter(isOwn)).toEqual(alone);
  });
});
