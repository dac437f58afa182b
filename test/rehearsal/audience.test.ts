import { describe, expect, test } from 'vitest';
import { audienceOf } from '../../lib/rehearsal/audience.ts';
import { SETTINGS } from '../channels/support.ts';
import { channelSchema } from '../support/channel-types.ts';

const CHAT = channelSchema.parse({ ...SETTINGS.slack, url: 'https://hooks.slack.com/services/T0/B0/x' });
const PROGRAM = channelSchema.parse({ ...SETTINGS.webhook, url: 'https://ci.example.com/hooks' });
const BOTH = { ops: CHAT, cutover: PROGRAM, audit: PROGRAM };

async function audienceOfRehearsal(channels: Parameters<typeof audienceOf>[0], ...named: readonly string[]) {
  const audience = await audienceOf(channels, named);
  if (typeof audience === 'string') return audience;
  return { channels: Object.keys(audience.channels), leftOut: audience.leftOut };
}

describe('the audience of a rehearsal', () => {
  test('includes all chats, and no program', async () => {
    expect(await audienceOfRehearsal(BOTH)).toEqual({ channels: ['ops'], leftOut: ['cutover', 'audit'] });
  });

  test('includes a program when somebody names it', async () => {
    expect(await audienceOfRehearsal(BOTH, 'cutover')).toEqual({
      channels: ['ops', 'cutover'],
      leftOut: ['audit'],
    });
    expect(await audienceOfRehearsal(BOTH, 'cutover', 'audit', 'ops', 'cutover')).toEqual({
      channels: ['ops', 'cutover', 'audit'],
      leftOut: [],
    });
    expect(await audienceOfRehearsal({ audit: PROGRAM }, 'audit')).toEqual({
      channels: ['audit'],
      leftOut: [],
    });
  });

  test('is not left alone in its quiet hours: somebody waits to see it', async () => {
    const url = 'https://hooks.slack.com/services/T0/B0/x';
    const quiet = { from: '22:00', to: '08:00' };
    const audience = await audienceOf({ ops: channelSchema.parse({ ...SETTINGS.slack, url, quiet }) }, []);
    expect(audience).toMatchObject({ channels: { ops: { quiet: undefined } } });
  });

  test('does not depend on projects and labels', async () => {
    const when = { events: ['migration.cutover_ready'], projects: ['prod'], labels: { team: 'a' } };
    const filtered = channelSchema.parse({ ...SETTINGS.webhook, url: 'https://ci.example.com/hooks', when });
    const audience = await audienceOf({ cutover: filtered }, ['cutover']);
    expect(audience).toEqual({
      channels: { cutover: { ...filtered, when: { events: ['migration.cutover_ready'] } } },
      leftOut: [],
    });
  });

  test('cannot include an unknown channel', async () => {
    expect(await audienceOfRehearsal(BOTH, 'cutovre')).toBe(
      'there is no channel "cutovre", did you mean cutover? the configuration has ops, cutover, audit',
    );
    expect(await audienceOfRehearsal(BOTH, 'toString')).toBe(
      'there is no channel "toString"; the configuration has ops, cutover, audit',
    );
  });

  test('is empty without a chat, with advice', async () => {
    expect(await audienceOfRehearsal({ cutover: PROGRAM, audit: PROGRAM })).toBe(
      'a rehearsal goes to chats, and the configuration has none; name the channels to use, each with --channel NAME: cutover, audit',
    );
  });
});
