import { describe, expect, test } from 'vitest';
import { channelSchema } from '../../lib/channels/index.ts';
import { audienceOf } from '../../lib/rehearsal/audience.ts';
import { SETTINGS } from '../channels/support.ts';

const CHAT = channelSchema.parse({ ...SETTINGS.slack, url: 'https://hooks.slack.com/services/T0/B0/x' });
const PROGRAM = channelSchema.parse({ ...SETTINGS.webhook, url: 'https://ci.example.com/hooks' });
const BOTH = { ops: CHAT, cutover: PROGRAM, audit: PROGRAM };

function toldOf(channels: Parameters<typeof audienceOf>[0], ...named: readonly string[]) {
  const audience = audienceOf(channels, named);
  if (typeof audience === 'string') return audience;
  return { told: Object.keys(audience.channels), leftOut: audience.leftOut };
}

describe('whom a rehearsal tells', () => {
  test('is all chats, and no program', () => {
    expect(toldOf(BOTH)).toEqual({ told: ['ops'], leftOut: ['cutover', 'audit'] });
  });

  test('is a program besides when somebody names it', () => {
    expect(toldOf(BOTH, 'cutover')).toEqual({ told: ['ops', 'cutover'], leftOut: ['audit'] });
    expect(toldOf(BOTH, 'cutover', 'audit', 'ops', 'cutover')).toEqual({
      told: ['ops', 'cutover', 'audit'],
      leftOut: [],
    });
    expect(toldOf({ audit: PROGRAM }, 'audit')).toEqual({ told: ['audit'], leftOut: [] });
  });

  test('does not depend on projects and labels, for what is played has none of theirs', () => {
    const when = { events: ['migration.cutover_ready'], projects: ['prod'], labels: { team: 'a' } };
    const filtered = channelSchema.parse({ ...SETTINGS.webhook, url: 'https://ci.example.com/hooks', when });
    const audience = audienceOf({ cutover: filtered }, ['cutover']);
    expect(audience).toEqual({
      channels: { cutover: { ...filtered, when: { events: ['migration.cutover_ready'] } } },
      leftOut: [],
    });
  });

  test('cannot be a channel that is not there', () => {
    expect(toldOf(BOTH, 'cutovre')).toBe(
      'there is no channel "cutovre", did you mean cutover? the configuration has ops, cutover, audit',
    );
    expect(toldOf(BOTH, 'toString')).toBe(
      'there is no channel "toString"; the configuration has ops, cutover, audit',
    );
  });

  test('is nobody where there is no chat, and then what to do is said', () => {
    expect(toldOf({ cutover: PROGRAM, audit: PROGRAM })).toBe(
      'a rehearsal goes to chats, and the configuration has none; name the channels to use, each with --channel NAME: cutover, audit',
    );
  });
});
