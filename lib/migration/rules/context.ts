import type { Standing } from '../../events/event.ts';
import type { Sighting } from '../model/sighting.ts';
import type { Thresholds } from '../model/thresholds.ts';
import type { EventSubject, Update } from '../model/update.ts';

/** A good look, as the rules of its phase see it. */
export interface RuleContext extends Sighting {
  /** The task's standing after this look. */
  readonly standing: Standing;
  readonly thresholds: Thresholds;
  /** No look has seen the task before. */
  readonly isFirstLook: boolean;
}

/** The task in an event that no good look has made. */
export interface EmitContext {
  readonly standing: Standing;
  readonly subject: EventSubject;
  readonly thresholds: Thresholds;
  readonly now: Date;
}

/**
 * Decides what a good look means for one question. A rule is pure, and returns the update that it was given when the look
 * changes nothing: only another one is written.
 */
export type Rule = (update: Update, context: RuleContext) => Update;
