import type { MigrationEvent } from '../../../lib/events/event.ts';
import { canonicalStatus } from '../../../lib/events/phase.ts';
import { GONE_STATUS } from '../../../lib/migration/model/status.ts';
import type { StoredRecord } from '../../../lib/records/record.ts';
import { numberOf } from '../../support/number.ts';

/** What a task that is not there is called in a {@link History}. */
export const MISSING = GONE_STATUS;

/** All statuses that a task really had until now, in order. */
export type History = readonly string[];

/** The events about one task that somebody got. */
interface Heard {
  /** The place in the task's history of the last event. */
  readonly place: number;
  readonly status: string | undefined;
  readonly number: number;
  /** False when an event in between became a dead letter: then the last status says nothing about the next. */
  readonly isGapless: boolean;
}

const NOTHING_YET: Heard = { place: -1, status: undefined, number: 0, isGapless: true };

/** Compares the events of each channel and record with what really happened. */
export interface Truth {
  /**
   * The next event that a listener hears of a task.
   *
   * @returns the number of errors: the change never happened, or not after the last event
   */
  hear(listener: string, event: MigrationEvent): number;
  /** The number of the last event of a task that a listener heard; 0 when there is none. */
  lastHeard(listener: string, subject: string): number;
}

/** @param history of a task; nothing for what is no task */
export function createTruth(history: (subject: string) => History | undefined): Truth {
  const heard = new Map<string, Heard>();
  const keyOf = (listener: string, subject: string) => `${subject} ${listener}`;

  return {
    lastHeard: (listener, subject) => heard.get(keyOf(listener, subject))?.number ?? 0,

    hear(listener, event) {
      const key = keyOf(listener, event.subject);
      const last = heard.get(key) ?? NOTHING_YET;
      const number = numberOf(event);
      const { from, to } = event.data;
      const isGapless = last.isGapless && last.number === number - 1;
      if (to === undefined) {
        heard.set(key, { ...last, number, isGapless });
        return 0;
      }
      const place = placeOf(to.status, history(event.subject), last.place);
      heard.set(key, { place: place ?? last.place, status: to.status, number, isGapless: true });
      return Number(isGapless && from?.status !== last.status) + Number(place === undefined);
    },
  };
}

/** The place in the history, after the last event, of this status; nothing if it never was. */
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
