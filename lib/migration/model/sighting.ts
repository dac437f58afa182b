import type { LastFigures, NotChecked, Standing } from '../../events/event.ts';
import { canonicalStatus, type Phase } from '../../events/phase.ts';
import type { Enrichment } from './enrichment.ts';
import type { Observation } from './observation.ts';
import type { EventSubject } from './update.ts';

/** The phase that a look shows. */
export interface SeenPhase {
  readonly phase: Phase;
  readonly derived?: true;
}

/** The task that a look shows. */
export interface SeenTask extends SeenPhase {
  readonly observation: Observation;
}

/** A good look, with everything that was read for it. */
export interface Sighting extends SeenTask {
  readonly enrichment: Enrichment;
  /** The part of an end that could not be checked. */
  readonly unchecked?: NotChecked;
  /** The task was found by itself: what it has come to by its first look is news. */
  readonly isDiscovered?: true;
  /** The distance of a replication's target, should it end with this look. */
  readonly lastFigures?: LastFigures;
  readonly subject: EventSubject;
  readonly now: Date;
}

/** Two spellings of one status are no change; the same status in another phase (an IP switch) is one. */
export function isSameStanding(standing: Standing, { observation, phase }: SeenTask): boolean {
  return canonicalStatus(standing.status) === canonicalStatus(observation.status) && standing.phase === phase;
}
