import type { Unmet } from '../events/event.ts';

/** Headings, columns and other words of the page that stand alone. */
export type PageWord =
  | 'migrations'
  | 'report'
  | 'contents'
  | 'tasks'
  | 'task'
  | 'phase'
  | 'progress'
  | 'lag'
  | 'keys'
  | 'readiness'
  | 'lastEvent'
  | 'groups'
  | 'group'
  | 'projects'
  | 'project'
  | 'region'
  | 'channels'
  | 'channel'
  | 'state'
  | 'ready'
  | 'done'
  | 'failed'
  | 'announced'
  | 'pending'
  | 'held'
  | 'dead'
  | 'mutes'
  | 'subject'
  | 'from'
  | 'until'
  | 'reason'
  | 'works'
  | 'inSight'
  | 'notSeen'
  | 'source'
  | 'target'
  | 'course'
  | 'phases'
  | 'took'
  | 'status'
  | 'time'
  | 'event'
  | 'eventDeliveries'
  | 'noEvents'
  | 'delivered'
  | 'givenUp'
  | 'isPending'
  | 'problems'
  | 'log'
  | 'waiting'
  | 'noTasks'
  | 'noFigures'
  | 'lastLook'
  | 'labels'
  | 'id'
  | 'people'
  | 'programs';

/** How much a task needs somebody, the gravest first. */
export const GRAVITIES = ['failed', 'attention', 'ready', 'under way', 'ended'] as const;
export type Gravity = (typeof GRAVITIES)[number];

export type ReadyState = 'ready' | 'not ready' | 'not known' | 'does not apply';

/** A plot in words: its span, and the figures that a reader would look for. Moments and figures are words already. */
export interface PlotFacts {
  readonly from: string;
  readonly to: string;
  readonly last: string;
  readonly largest: string;
  readonly largestAt: string;
}

/** Why a delivery was given up. */
export type Ending = 'refused' | 'deadline' | 'overflow' | 'withdrawn' | 'cancelled';

/** Words of the page and of the report that no message needs. */
export interface PageWords {
  /** As the attribute `lang` of HTML names it. */
  readonly tag: string;
  readonly words: Readonly<Record<PageWord, string>>;
  readonly endings: Readonly<Record<Ending, string>>;
  readonly gravities: Readonly<Record<Gravity, string>>;
  readonly readiness: Readonly<Record<ReadyState, string>>;
  readonly unmet: Readonly<Record<Unmet, string>>;
  readonly scopes: Readonly<Record<'task' | 'group' | 'project' | 'channel', string>>;
  readonly announced: Readonly<Record<'ready' | 'failed' | 'finished', string>>;
  reportOf(name: string): string;
  allTimesIn(zone: string): string;
  /** @param ago how long before the page was made */
  lastTick(moment: string, ago: string): string;
  lookedAt(tasks: number, failed: number, span: string): string;
  readonly noTick: string;
  oldTick(ago: string): string;
  ago(span: string): string;
  since(moment: string): string;
  sinceFor(moment: string, span: string): string;
  left(span: string): string;
  /** The largest lag within a span. */
  peak(largest: string, span: string): string;
  progressOf(name: string): string;
  stalledSince(moment: string): string;
  mutedUntil(moment: string): string;
  heldUntil(moment: string): string;
  quietUntil(moment: string): string;
  pausedUntil(moment: string): string;
  nextTryAt(moment: string): string;
  attempts(count: number): string;
  unseen(reason: string, moment: string, looks: number): string;
  outOfSight(name: string, reason: string, moment: string): string;
  cannotDeliver(name: string, moment: string): string;
  deadLetters(count: number): string;
  degraded(calls: string): string;
  pending(counts: { readonly pending: number; readonly held: number; readonly dead: number }): string;
  lagPlot(facts: PlotFacts): string;
  progressPlot(facts: PlotFacts): string;
  /** @param counts the last ones */
  keysPlot(from: string, to: string, counts: string): string;
  phasesPlot(from: string, to: string, phases: readonly string[]): string;
  /** Key counts, and by how much they differ. */
  withGap(counts: string, gap: string): string;
}
