import type { Outcome, Simulation } from './simulation.ts';

/** What all cases of one exploration showed together. */
export interface Totals {
  cases: number;
  deliveries: number;
  dead: number;
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
  unseen: number;
  forgotten: number;
  /** How often each kind of fault struck. */
  readonly fired: Map<string, number>;
  /** The first cases that broke the promise. */
  readonly broken: BrokenCase[];
}

export interface BrokenCase {
  /** What replays it. */
  readonly schedule: string;
  readonly breach: string;
  readonly outcome: Outcome;
}

/** A case that broke the promise, in one line. */
export function lineOf({ schedule, breach }: BrokenCase): string {
  return `"${schedule}": ${breach}`;
}

export function createTotals(): Totals {
  return {
    cases: 0,
    deliveries: 0,
    dead: 0,
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
    unseen: 0,
    forgotten: 0,
    fired: new Map(),
    broken: [],
  };
}

/** What adds up over cases. */
const SUMS = [
  'deliveries',
  'dead',
  'lost',
  'duplicates',
  'unexplained',
  'outOfOrder',
  'lateRepeats',
  'invented',
  'changedBytes',
  'leaks',
  'stuck',
  'unseen',
  'forgotten',
] as const satisfies readonly (keyof Outcome)[];

/** What breaks the promise, however many accidents there were. */
export const BREACHES = [
  'lost',
  'unexplained',
  'outOfOrder',
  'invented',
  'changedBytes',
  'leaks',
  'stuck',
  'unseen',
  'forgotten',
] as const satisfies readonly (keyof Outcome)[];

const MOST_EXAMPLES = 5;

/** How an outcome breaks the promise, in words; nothing when it keeps it. */
export function breachOf(outcome: Outcome, mostDuplicates: number): string | undefined {
  const words = BREACHES.filter((kind) => outcome[kind] > 0).map((kind) => `${kind} ${outcome[kind]}`);
  if (outcome.most > mostDuplicates) words.push(`${outcome.most} copies of one delivery`);
  if (words.length > 0 && outcome.since !== undefined) words.push(`first at step ${outcome.since}`);
  return words.length === 0 ? undefined : words.join(', ');
}

interface Case {
  /** What replays this case. */
  readonly schedule: string;
  /** The most copies that the accidents of this case permit of one delivery. */
  readonly mostDuplicates: number;
}

/** Lets the world of a case calm down, and adds what the case showed. */
export async function conclude(totals: Totals, one: Case, simulation: Simulation): Promise<void> {
  const outcome = await named(one.schedule, () => simulation.drain());
  addCase(totals, one, outcome);
  addFired(totals, simulation.fired.counts);
}

function addCase(totals: Totals, { schedule, mostDuplicates }: Case, outcome: Outcome): void {
  totals.cases += 1;
  totals.most = Math.max(totals.most, outcome.most);
  for (const kind of SUMS) totals[kind] += outcome[kind];
  const breach = breachOf(outcome, mostDuplicates);
  if (breach !== undefined && totals.broken.length < MOST_EXAMPLES) {
    totals.broken.push({ schedule, breach, outcome });
  }
}

/** Whatever is thrown in a case says in which, in the words that replay it. */
export async function named<T>(schedule: string, play: () => Promise<T>): Promise<T> {
  try {
    return await play();
  } catch (error) {
    throw new Error(`"${schedule}" threw`, { cause: error });
  }
}

function addFired(totals: Totals, fired: ReadonlyMap<string, number>): void {
  for (const [kind, count] of fired) totals.fired.set(kind, (totals.fired.get(kind) ?? 0) + count);
}

/** Adds the totals of one exploration to those of several. */
export function mergeTotals(totals: Totals, more: Totals): void {
  totals.cases += more.cases;
  totals.most = Math.max(totals.most, more.most);
  for (const kind of SUMS) totals[kind] += more[kind];
  addFired(totals, more.fired);
  const isNew = (one: BrokenCase) => !totals.broken.includes(one);
  totals.broken.push(...more.broken.filter(isNew).slice(0, MOST_EXAMPLES - totals.broken.length));
}
