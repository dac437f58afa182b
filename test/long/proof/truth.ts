import type { MigrationEvent } from '../../../lib/events/event.ts';
import { canonicalStatus } from '../../../lib/events/phase.ts';
import { GONE_STATUS } from '../../../lib/migration/model/status.ts';
import type { StoredRecord } from '../../../lib/records/record.ts';
import { numberOf } from '../../support/number.ts';

/** What a task that is not there is called in a {@link History}. */
export const MISSING = GONE_STATUS;

/** All statuses that a task really had until now, in order. */
export type History = readonly string[];

/** What somebody has been told of one task. */
interface Told {
  /** The place in the task's history of what was told last. */
  readonly place: number;
  readonly status: string | undefined;
  readonly number: number;
  /** False when an event in between became a dead letter: then the status told last says nothing about the next. */
  readonly isGapless: boolean;
}

const NOTHING_YET: Told = { place: -1, status: undefined, number: 0, isGapless: true };

/** Compares what is told, to each channel and in the records, with what really happened. */
export interface Truth {
  /**
   * The next event that a listener hears of a task.
   *
   * @returns how many things about it are not so: the change never was, or not after what was told last
   */
  hear(listener: string, event: MigrationEvent): number;
  /** The number of the last event of a task that a listener heard; 0 when there is none. */
  lastHeard(listener: string, subject: string): number;
}

/** @param history of a task; nothing for what is no task */
export function createTruth(history: (subject: string) => History | undefined): Truth {
  const told = new Map<string, Told>();
  const keyOf = (listener: string, subject: string) => `${subject} ${listener}`;

  return {
    lastHeard: (listener, subject) => told.get(keyOf(listener, subject))?.number ?? 0,

    hear(listener, event) {
      const key = keyOf(listener, event.subject);
      const last = told.get(key) ?? NOTHING_YET;
      const number = numberOf(event);
      const { from, to } = event.data;
      const isGapless = last.isGapless && last.number === number - 1;
      if (to === undefined) {
        told.set(key, { ...last, number, isGapless });
        return 0;
      }
      const place = placeOf(to.status, history(event.subject), last.place);
      told.set(key, { place: place ?? last.place, status: to.status, number, isGapless: true });
      return Number(isGapless && from?.status !== last.status) + Number(place === undefined);
    },
  };
}

/** Where in the history, after what was told last, the task was in this status; nothing if it never was. */
function placeOf(status: string, history: History = [], after: number): number | undefined {
  const place = history.findIndex(
    (word, index) => index > after && canonicalStatus(word) === canonicalStatus(status),
  );
  return place === -1 ? undefined : place;
}

/** Whether a record knows the status that its task has now. */
export function isUpToDate(record: StoredRecord | undefined, history: History): boolean {
  const now = history.at(-1);
  if (now === undefined) return true;
  const known = record?.state.standing?.status;
  // Of a task that is not there and was never seen nothing can be known.
  if (known === undefined) return now === MISSING;
  return canonicalStatus(known) === canonicalStatus(now);
}
