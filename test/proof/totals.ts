import type { Verdict } from './promise.ts';

/** What all cases of one exploration showed together. */
export interface Totals {
  cases: number;
  deliveries: number;
  lost: number;
  duplicates: number;
  /** The most copies beyond the first that one delivery had. */
  most: number;
  unexplained: number;
  outOfOrder: number;
  lateRepeats: number;
  invented: number;
  changedBytes: number;
  leaks: number;
  stuck: number;
  /** How often each kind of fault struck. */
  readonly fired: Map<string, number>;
  /** The schedules of the first cases that broke the promise: each replays its case. */
  readonly broken: string[];
}

export function createTotals(): Totals {
  return {
    cases: 0,
    deliveries: 0,
    lost: 0,
    duplicates: 0,
    most: 0,
    unexplained: 0,
    outOfOrder: 0,
    lateRepeats: 0,
    invented: 0,
    changedBytes: 0,
    leaks: 0,
    stuck: 0,
    fired: new Map(),
    broken: [],
  };
}

/** What adds up over cases. */
const SUMS = [
  'deliveries',
  'lost',
  'duplicates',
  'unexplained',
  'outOfOrder',
  'lateRepeats',
  'invented',
  'changedBytes',
  'leaks',
  'stuck',
] as const satisfies readonly (keyof Verdict)[];

/** What breaks the promise, however many accidents there were. */
const BREACHES = [
  'lost',
  'unexplained',
  'outOfOrder',
  'invented',
  'changedBytes',
  'leaks',
  'stuck',
] as const satisfies readonly (keyof Verdict)[];

const MOST_EXAMPLES = 5;

/** How a verdict breaks the promise, in words; nothing when it keeps it. */
export function breachOf(verdict: Verdict, mostDuplicates: number): string | undefined {
  const words = BREACHES.filter((kind) => verdict[kind] > 0).map((kind) => `${kind} ${verdict[kind]}`);
  if (verdict.most > mostDuplicates) words.push(`${verdict.most} copies of one delivery`);
  return words.length === 0 ? undefined : words.join(', ');
}

export interface Case {
  readonly verdict: Verdict;
  readonly fired?: ReadonlyMap<string, number>;
  /** What replays this case. */
  readonly schedule: string;
  /** The most copies that the accidents of this case permit of one delivery. */
  readonly mostDuplicates: number;
}

export function addCase(
  totals: Totals,
  { verdict, fired = new Map(), schedule, mostDuplicates }: Case,
): void {
  totals.cases += 1;
  totals.most = Math.max(totals.most, verdict.most);
  for (const kind of SUMS) totals[kind] += verdict[kind];
  for (const [kind, count] of fired) totals.fired.set(kind, (totals.fired.get(kind) ?? 0) + count);
  const breach = breachOf(verdict, mostDuplicates);
  if (breach !== undefined && totals.broken.length < MOST_EXAMPLES) {
    totals.broken.push(`"${schedule}": ${breach}`);
  }
}

/** Adds the totals of one exploration to those of several. */
export function mergeTotals(totals: Totals, more: Totals): void {
  totals.cases += more.cases;
  totals.most = Math.max(totals.most, more.most);
  for (const kind of SUMS) totals[kind] += more[kind];
  for (const [kind, count] of more.fired) totals.fired.set(kind, (totals.fired.get(kind) ?? 0) + count);
  const isNew = (one: string) => !totals.broken.includes(one);
  totals.broken.push(...more.broken.filter(isNew).slice(0, MOST_EXAMPLES - totals.broken.length));
}
