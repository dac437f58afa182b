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
  /** The part of a good end that could not be confirmed. */
  readonly unchecked?: NotChecked;
  /** Set for a discovered task, whose standing at the first look is news. */
  readonly isDiscovered?: true;
  /** The last figures of a replication, in case it ends with this look. */
  readonly lastFigures?: LastFigures;
  readonly subject: EventSubject;
  readonly now: Date;
}

/**
 * Whether a look shows the same standing. Two spellings of one status are the same; one status in another phase (during
 * an IP switch) is a change.
 */
export function isSameStanding(standing: Standing, { observation, phase }: SeenTask): boolean {
  return canonicalStatus(standing.status) === canonicalStatus(observation.status) && standing.phase === phase;
}
