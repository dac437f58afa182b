import { describe, expect, it } from 'vitest';
import { quietNow } from '../../../lib/runtime/time/quiet-now.ts';
import { load, MINIMAL } from '../../config/support.ts';

describe('the line at the start', () => {
  it('says until when a chat is quiet, as its readers see it', async () => {
    const ops = { ...MINIMAL.channels.ops, timeZone: 'Asia/Shanghai', quiet: { from: '22:00', to: '08:00' } };
    const { channels, settings } = await load({ ...MINIMAL, channels: { ops } });
    const wordsAt = (iso: string) =>
      Object.values(channels).map((channel) => quietNow(channel, settings, Date.parse(iso)));
    expect(wordsAt('2026-01-05T15:00:00Z')).toStrictEqual(['2026-01-06 08:00 UTC+8']);
    expect(wordsAt('2026-01-05T01:00:00Z')).toStrictEqual([undefined]);
  });
});
