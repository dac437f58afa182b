import { describe, expect, it } from 'vitest';
import type { CallResult, Stats } from '../../../lib/migration/model/enrichment.ts';
import { figures } from '../../../lib/migration/rules/figures.ts';
import { minute } from '../support.ts';
import { begun, contextOf, known } from './support.ts';

const IN_STEP = known({ offset: 0, sourceKeys: 1000, targetKeys: 1000 });
const BEHIND = known({ offset: 5_000_000, sourceKeys: 1000, targetKeys: 1000 });
const DENIED: CallResult<Stats> = { kind: 'denied', detail: 'HTTP 403.' };

/** The figures that the run remembers after these looks, and how often they were written. */
function after(looks: readonly CallResult<Stats>[], taskStatus?: string) {
  let update = begun('incremental');
  let writes = 0;
  for (const [at, stats] of looks.entries()) {
    const more = taskStatus === undefined ? {} : { taskStatus };
    const next = figures(update, contextOf({ phase: 'incremental', at, stats, ...more }));
    if (next !== update) writes += 1;
    update = next;
  }
  return { figures: update.stream.state.run?.figures, writes };
}

describe('the figures of a replication', () => {
  it('are written once while it stays in step', () => {
    const { figures, writes } = after([IN_STEP, known({ offset: 900, sourceKeys: 1000, targetKeys: 999 })]);
    expect(writes).toBe(1);
    expect(figures).toMatchObject({ at: minute(0).toISOString(), state: 'in step', words: 'in step' });
  });

  it('say how far the target is behind', () => {
    expect(after([IN_STEP, BEHIND]).figures).toMatchObject({
      at: minute(1).toISOString(),
      state: 'behind',
      words: '5 MB behind',
      offset: 5_000_000,
    });
  });

  it('end at the first look without them', () => {
    const { figures, writes } = after([IN_STEP, DENIED, DENIED]);
    expect(figures).toMatchObject({ state: 'in step', seenUntil: minute(0).toISOString() });
    expect(writes).toBe(2);
  });

  it('are not kept for a task that does not migrate', () => {
    const idle = known({ offset: 0, sourceKeys: 1000, targetKeys: 1000, isMigrating: false });
    expect(after([idle]).figures).toBeUndefined();
  });

  it('are not read after the IP addresses were switched', () => {
    expect(after([IN_STEP], 'EXCHANGE_SUCCESS').figures).toBeUndefined();
  });
});
