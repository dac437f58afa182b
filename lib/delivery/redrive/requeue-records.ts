import type { WatchRecord } from '../../migration/model/state.ts';
import { type HeldRecord, type ReadRecord, readRecord, saveRecord } from '../../records/records.ts';
import type { ItemKey, Store } from '../../store/store.ts';
import { type HeldDeadLetter, markRedriven, nextDeadLetter, reloadDeadLetter } from '../dead-letters.ts';
import { type RequeueResult, requeue } from '../outbox/requeue.ts';

/**
 * What became of a letter at its record, in the words of {@link RequeueResult}; or `redriven` (somebody else put it back
 * since we read it) · `busy` (other runs keep writing the record) · `missing`, `unreadable`, `newer` (there is no record
 * to put it back into).
 */
export type RequeueOutcome =
  | RequeueResult['kind']
  | Exclude<ReadRecord['kind'], 'record'>
  | 'redriven'
  | 'busy';

/** What became of all letters of one record, and the record as it is held now. */
export interface RequeuedRecord {
  readonly held?: HeldRecord;
  readonly outcomes: ReadonlyMap<HeldDeadLetter, RequeueOutcome>;
}

/** How often it is tried again on top of what other runs wrote meanwhile. */
const MOST_CONFLICTS = 5;
/** What is on its way again, or was told, is dead no more. */
const SETTLED: ReadonlySet<RequeueOutcome> = new Set(['requeued', 'in progress', 'arrived']);

/**
 * Puts letters of one record back, in one write, and then notes that in the letters. Whoever dies in between has done no
 * harm: the next one finds in the record what is on its way already, and only notes it.
 *
 * @param letters in order of their events
 * @param dryRun says what would become of them, and writes nothing
 * @throws {StoreError}
 */
export async function requeueIntoRecord(
  key: ItemKey,
  letters: readonly HeldDeadLetter[],
  { store, now, dryRun }: { readonly store: Store; readonly now: Date; readonly dryRun: boolean },
): Promise<RequeuedRecord> {
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
    const read = await readRecord(store, key);
    if (read.kind !== 'record') return { outcomes: allAre(read.kind, letters) };
    const { record, outcomes } = await judge(read.held.record, letters, store, now);
    if (dryRun) return { held: read.held, outcomes };
    const held = record === read.held.record ? read.held : await saveRecord(store, read.held, record);
    if (held === undefined) continue;
    for (const [letter, outcome] of outcomes) {
      if (SETTLED.has(outcome)) await markRedriven(store, letter, now);
    }
    return { held, outcomes };
  }
  return { outcomes: allAre('busy', letters) };
}

function allAre(
  outcome: RequeueOutcome,
  letters: readonly HeldDeadLetter[],
): ReadonlyMap<HeldDeadLetter, RequeueOutcome> {
  return new Map(letters.map((letter) => [letter, outcome]));
}

/**
 * Letters are read again after their record: whatever another run has made of them by then shows in one of the two, and
 * what it does later makes our write a conflict.
 */
async function judge(
  before: WatchRecord,
  letters: readonly HeldDeadLetter[],
  store: Store,
  now: Date,
): Promise<{ record: WatchRecord; outcomes: Map<HeldDeadLetter, RequeueOutcome> }> {
  const outcomes = new Map<HeldDeadLetter, RequeueOutcome>();
  let record = before;
  for (const held of letters) {
    const current = await reloadDeadLetter(store, held);
    const diedAgain = (await nextDeadLetter(store, held)) !== undefined;
    if (current === undefined || current.letter.redrivenAt !== undefined || diedAgain) {
      outcomes.set(held, 'redriven');
      continue;
    }
    const judged = requeue(record, current.letter, now);
    if (judged.kind === 'requeued') record = judged.record;
    outcomes.set(held, judged.kind);
  }
  return { record, outcomes };
}
