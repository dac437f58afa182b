import type { Phase } from '../../events/phase.ts';
import type { Update } from '../model/update.ts';
import type { Rule, RuleContext } from './context.ts';
import { cutoverBlocked } from './cutover-blocked.ts';
import { figures } from './figures.ts';
import { forgotten } from './forgotten.ts';
import { growingLag } from './growing-lag.ts';
import { noProgress } from './no-progress.ts';
import { progress } from './progress.ts';
import { readiness } from './readiness.ts';

/** The rules of each phase, in the order of their events. */
export const RULES: Readonly<Partial<Record<Phase, readonly Rule[]>>> = {
  configuring: [forgotten],
  full: [noProgress, progress],
  incremental: [figures, readiness, cutoverBlocked, growingLag, forgotten],
};

/** Applies the rules of the phase to a good look. The same update comes back when no rule changes anything. */
export function applyRules(update: Update, context: RuleContext): Update {
  return (RULES[context.phase] ?? []).reduce((update, rule) => rule(update, context), update);
}
