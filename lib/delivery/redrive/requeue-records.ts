import type { WatchRecord } from '../../migration/model/state.ts';
import { type HeldRecord, type ReadRecord, readRecord, saveRecord } from '../../records/records.ts';
import type { ItemKey, Store } from '../../store/store.ts';
import { type HeldLetter, markRedriven, nextLetter, reloadLetter } from '../dead-letters.ts';
import { type PutBack, putBack } from '../outbox/requeue.ts';

/**
 * What became of a letter at its record, in the words of {@link PutBack}; or `redriven` (somebody else put it back
 * since we read it) · `busy` (other runs keep writing the record) · `missing`, `unreadable`, `newer` (there is no record
 * to put it back into).
 */
export type Verdict = PutBack['kind'] | Exclude<ReadRecord['kind'], 'record'> | 'redriven' | 'busy';

/** What became of all letters of one record, and the record as it is held now. */
export interface AtRecord {
  readonly held?: HeldRecord;
  readonly verdicts: ReadonlyMap<HeldLetter, Verdict>;
}

/** How often it is tried again on top of what other runs wrote meanwhile. */
const MOST_CONFLICTS = 5;
/** What is on its way again, or was told, is dead no more. */
const SETTLED: ReadonlySet<Verdict> = new Set(['put back', 'under way', 'arrived']);

/**
 * Puts letters of one record back, in one write, and then notes that in the letters. Whoever dies in between has done no
 * harm: the next one finds in the record what is on its way already, and only notes it.
 *
 * @param letters in order of their events
 * @param dryRun says what would become of them, and writes nothing
 * @throws {StoreError}
 */
export async function putBackInto(
  key: ItemKey,
  letters: readonly HeldLetter[],
  { store, now, dryRun }: { readonly store: Store; readonly now: Date; readonly dryRun: boolean },
): Promise<AtRecord> {
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
    const read = await readRecord(store, key);
    if (read.kind !== 'record') return { verdicts: allAre(read.kind, letters) };
    const { record, verdicts } = await judge(read.held.record, letters, store, now);
    if (dryRun) return { held: read.held, verdicts };
    const held = record === read.held.record ? read.held : await saveRecord(store, read.held, record);
    if (held === undefined) continue;
    for (const [letter, verdict] of verdicts) {
      if (SETTLED.has(verdict)) await markRedriven(store, letter, now);
    }
    return { held, verdicts };
  }
  return { verdicts: allAre('busy', letters) };
}

function allAre(verdict: Verdict, letters: readonly HeldLetter[]): ReadonlyMap<HeldLetter, Verdict> {
  return new Map(letters.map((letter) => [letter, verdict]));
}

/**
 * Letters are read again after their record: whatever another run has made of them by then shows in one of the two, and
 * what it does later makes our write a conflict.
 */
async function judge(
  before: WatchRecord,
  letters: readonly HeldLetter[],
  store: Store,
  now: Date,
): Promise<{ record: WatchRecord; verdicts: Map<HeldLetter, Verdict> }> {
  const verdicts = new Map<HeldLetter, Verdict>();
  let record = before;
  for (const held of letters) {
    const current = await reloadLetter(store, held);
    const diedAgain = (await nextLetter(store, held)) !== undefined;
    if (current === undefined || current.letter.redrivenAt !== undefined || diedAgain) {
      verdicts.set(held, 'redriven');
      continue;
    }
    const judged = putBack(record, current.letter, now);
    if (judged.kind === 'put back') record = judged.record;
    verdicts.set(held, judged.kind);
  }
  return { record, verdicts };
}
