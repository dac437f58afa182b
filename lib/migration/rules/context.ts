import type { Standing } from '../../events/event.ts';
import type { Sighting } from '../model/sighting.ts';
import type { Thresholds } from '../model/thresholds.ts';
import type { EventSubject, Update } from '../model/update.ts';

/** A good look for the rules of its phase. */
export interface RuleContext extends Sighting {
  /** The task's standing after this look. */
  readonly standing: Standing;
  readonly thresholds: Thresholds;
  /** Whether no earlier look has seen the task. */
  readonly isFirstLook: boolean;
}

/** The facts of a task for an event without a good look. */
export interface EmitContext {
  readonly standing: Standing;
  readonly subject: EventSubject;
  readonly thresholds: Thresholds;
  readonly now: Date;
}

/**
 * Evaluates a good look under one aspect. A rule is pure, and returns the given update itself when nothing changes,
 * because only a new one is written.
 */
export type Rule = (update: Update, context: RuleContext) => Update;
