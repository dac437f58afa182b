/** The facts that sentences of all languages depend on. */
import type { Dossier, EventFacts, LastFigures, Readiness, Standing, Unmet } from '../events/event.ts';
import { canonicalStatus, type Phase } from '../events/phase.ts';
import type { Transition } from '../events/transition.ts';
import type { Sentence } from './language.ts';

/** The sentence of a transition; nothing where an older version stored none. */
export function transitionIn(sentences: Readonly<Record<Transition, Sentence>>): Sentence {
  const isTransition = (word: string): word is Transition => Object.hasOwn(sentences, word);
  return (facts) => {
    const { transition = '' } = facts;
    return isTransition(transition) ? sentences[transition](facts) : undefined;
  };
}

/** How a language says that a task has arrived somewhere. */
export interface TransitionWords {
  readonly phases: Readonly<Record<Phase, string>>;
  /** Words for statuses that say more than their phase. */
  readonly statuses: ReadonlyMap<string, string>;
  readonly rolledBack: string;
  /** Words for a phase concluded from the statistics; nothing where that cannot be. */
  concluded(phase: Phase): string | undefined;
}

/** The one status that means `stopped`; any other does only after a roll-back. */
const STOPPED = 'TERMINATED';

export function transitionWords(
  { status, phase, derived, rolledBack }: Standing,
  { phases, statuses, rolledBack: afterRollBack, concluded }: TransitionWords,
): string {
  const words = derived ? concluded(phase) : undefined;
  if (words !== undefined) return words;
  if (phase === 'unknown') return `${phases.unknown} ${status}`;
  if (phase === 'stopped' && rolledBack && canonicalStatus(status) !== STOPPED) return afterRollBack;
  const own = phase === 'succeeded' || phase === 'failed' ? statuses.get(status) : undefined;
  return own ?? phases[phase];
}

export function isGoodEnd(last: LastFigures | undefined): boolean {
  return last === undefined || last.state === 'in step';
}

/** Parts of a sentence about what is not met, in their order. */
export function unmetParts(
  unmet: readonly Unmet[],
  parts: readonly (readonly [about: Unmet, words: string | undefined])[],
): readonly string[] {
  return parts.flatMap(([about, words]) => (unmet.includes(about) && words !== undefined ? [words] : []));
}

/** Figures without which readiness is not known. */
export type MissingFigure = 'offset' | 'sourceKeys' | 'targetKeys';

export function missingFigures(readiness: Readiness): readonly MissingFigure[] {
  return (['offset', 'sourceKeys', 'targetKeys'] as const).filter((name) => readiness[name] === undefined);
}

/** The usual causes of a replication that does not become ready. */
export type UnreadyCause = 'not migrating' | 'lag' | 'keys missing' | 'keys besides' | 'unknown';

export function unreadyCause(readiness: Readiness, isUnknown: boolean): UnreadyCause {
  const { unmet = [], sourceKeys = 0, targetKeys = 0 } = readiness;
  if (unmet.includes('not migrating')) return 'not migrating';
  if (unmet.includes('lag')) return 'lag';
  if (isUnknown || !unmet.includes('keys')) return 'unknown';
  return targetKeys < sourceKeys ? 'keys missing' : 'keys besides';
}

/** Why a replication that waits is not ready. */
export interface Waiting {
  /** It is far behind; else nobody knows how far. */
  readonly isFar: boolean;
  /** The figures say nothing that the reason does not. */
  readonly isPlain: boolean;
  /** The reason says more than the figures. */
  readonly hasReason: boolean;
}

export function waitingOf({ unmet = [], because }: Readiness): Waiting {
  const isPlain = unmet.length === 0 || unmet.includes('not migrating');
  const isOfFigures = because?.code === 'figures' || because?.code === 'figures_missing';
  return {
    isFar: unmet.includes('lag') || unmet.includes('keys'),
    isPlain,
    hasReason: !isPlain && !isOfFigures,
  };
}

/** As much of the service's own words as a sentence has room for. Characters. */
const LONGEST_CAUSE = 120;

/** The service's own words about a failure. */
export function causeIn(dossier: Dossier | undefined): string | undefined {
  const words = dossier?.errorMessage ?? dossier?.log.at(-1)?.message;
  if (words === undefined) return undefined;
  const characters = [...words];
  return characters.length <= LONGEST_CAUSE ? words : `${characters.slice(0, LONGEST_CAUSE - 1).join('')}…`;
}

/** As many channels as a sentence names. */
const MOST_NAMES = 3;

export function channelNames({ channels = [], unlisted = 0 }: EventFacts): {
  readonly names: readonly string[];
  readonly all: number;
  /** Channels that are not named. */
  readonly more: number;
} {
  const names = channels.slice(0, MOST_NAMES).map(({ name }) => name);
  const all = channels.length + unlisted;
  return { names, all, more: all - names.length };
}
