import type { StoredRecord } from '../../records/record.ts';
import { type HeldRecord, readRecord } from '../../records/records.ts';
import { update } from '../../records/update.ts';
import type { ItemKey, Store } from '../../store/store.ts';
import { type HeldDeadLetter, markRedriven, nextDeadLetter, reloadDeadLetter } from '../dead-letters.ts';
import { type RequeueResult, requeue } from '../outbox/requeue.ts';

/**
 * The outcome for one dead letter, in the words of {@link RequeueResult}; or `redriven` (another run requeued it since it
 * was read) · `busy` (other runs keep writing the record) · `missing`, `unreadable`, `newer` (there is no record to
 * requeue it into).
 */
export type RequeueOutcome = RequeueResult['kind'] | 'redriven' | 'busy' | 'missing' | 'unreadable' | 'newer';

type Outcomes = ReadonlyMap<HeldDeadLetter, RequeueOutcome>;

/** Outcomes of all dead letters of one record, and the record as it is held now. */
export interface RequeuedRecord {
  readonly held?: HeldRecord;
  readonly outcomes: Outcomes;
}

/** Outcomes after which a delivery is no longer dead: it is on its way again, or has arrived. */
const RESOLVED: ReadonlySet<RequeueOutcome> = new Set(['requeued', 'in progress', 'arrived']);

/**
 * Requeues dead letters of one record in one write, and then marks them. A crash in between does no harm: the next
 * redrive finds the requeued deliveries in the record, and only marks them.
 *
 * @param deadLetters in order of their events
 * @param dryRun only reports the outcomes, and writes nothing
 * @throws {StoreError}
 */
export async function requeueIntoRecord(
  key: ItemKey,
  deadLetters: readonly HeldDeadLetter[],
  { store, now, dryRun }: { readonly store: Store; readonly now: Date; readonly dryRun: boolean },
): Promise<RequeuedRecord> {
  const read = await readRecord(store, key);
  if (read.kind !== 'record') return { outcomes: allAre(read.kind, deadLetters) };
  const updated = await update(store, read.held, {
    change: async (before) => {
      const { record, outcomes } = await requeueAll(before, deadLetters, { store, now });
      return { record: dryRun ? before : record, outcomes };
    },
  });
  if (updated.kind !== 'done') return { outcomes: allAre(updated.kind, deadLetters) };
  const { outcomes } = updated.change;
  for (const [deadLetter, outcome] of outcomes) {
    if (!dryRun && RESOLVED.has(outcome)) await markRedriven(store, deadLetter, now);
  }
  return { held: updated.held, outcomes };
}

function allAre(outcome: RequeueOutcome, deadLetters: readonly HeldDeadLetter[]): Outcomes {
  return new Map(deadLetters.map((deadLetter) => [deadLetter, outcome]));
}

/**
 * Reads dead letters again after their record. An earlier change by another run shows in one of the two, and a later
 * one makes our write conflict.
 */
async function requeueAll(
  before: StoredRecord,
  deadLetters: readonly HeldDeadLetter[],
  { store, now }: { readonly store: Store; readonly now: Date },
): Promise<{ readonly record: StoredRecord; readonly outcomes: Outcomes }> {
  const outcomes = new Map<HeldDeadLetter, RequeueOutcome>();
  let record = before;
  for (const held of deadLetters) {
    const current = await reloadDeadLetter(store, held);
    const diedAgain = (await nextDeadLetter(store, held)) !== undefined;
    if (current === undefined || current.deadLetter.redrivenAt !== undefined || diedAgain) {
      outcomes.set(held, 'redriven');
      continue;
    }
    const result = requeue(record, current.deadLetter, now);
    if (result.kind === 'requeued') record = result.record;
    outcomes.set(held, result.kind);
  }
  return { record, outcomes };
}
