import { describe, expect, it } from 'vitest';
import { tableOf } from '../../../../lib/cli/commands/deliveries/table.ts';
import { timesIn } from '../../../../lib/cli/terminal/times.ts';

describe('a delivery in the table', () => {
  it('that quiet hours hold says until when', () => {
    const delivery = {
      state: 'pending',
      channel: 'ops',
      eventId: 'evt_1',
      task: 'orders',
      attempts: 0,
      history: [],
      redrives: 0,
      heldUntil: '2026-01-06T07:00:00.000Z',
    } as const;
    const lines = tableOf([delivery], timesIn('Asia/Shanghai'), { paint: (_style, text) => text });
    expect(lines[1]).toContain('pending (quiet until 2026-01-06 15:00:00 UTC+8)  ops');
  });
});
