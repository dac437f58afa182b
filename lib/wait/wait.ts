import { defined } from '../base/defined.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { Phase } from '../events/phase.ts';
import { detect } from '../migration/detect/detect.ts';
import { type Stats, valueIn } from '../migration/model/enrichment.ts';
import type { Stream, TaskState } from '../migration/model/state.ts';
import type { Watch } from '../migration/model/watch.ts';
import {
  endingFailure,
  type Failure,
  type Failures,
  failuresAfter,
  isSameFailure,
  NO_FAILURES,
  pauseMs,
  REFUSALS_OF_KNOWN,
} from './failures.ts';
import { checkGoals } from './goal-check.ts';
import type { Goal } from './goals.ts';
import { type LookOutcome, lookAt, type Target } from './look.ts';

/** A change that is worth a line during a wait. */
export type News =
  | { readonly kind: 'change'; readonly event: MigrationEvent }
  | { readonly kind: 'look failed'; readonly failure: Failure; readonly nextInMs: number }
  | { readonly kind: 'looks again' }
  /** Nothing was said for an hour. */
  | { readonly kind: 'still'; readonly stats: Stats | undefined };

/** How a wait ends. */
export type End =
  | { readonly kind: 'reached'; readonly goal: Goal }
  | { readonly kind: 'over'; readonly words: string }
  /** Asking again would not help, or lock the key. */
  | { readonly kind: 'refused'; readonly failure: Failure }
  | { readonly kind: 'time over' }
  | { readonly kind: 'stopped'; readonly signal: string };

export interface Wait extends Target {
  readonly watch: Watch;
  readonly goals: readonly Goal[];
  /** Between two looks. Milliseconds. */
  readonly intervalMs: number;
  /** Absent: no upper bound. 0: one look. Milliseconds. */
  readonly timeoutMs?: number;
  /** Aborted by a signal, whose name is the reason. */
  readonly stopping: AbortSignal;
  /** Takes what happens, with the task as it is then. */
  say(news: News, task: TaskState | undefined): void;
}

/** A task as the looks so far show it. */
interface Watched {
  readonly stream?: Stream<TaskState> | undefined;
  readonly failures: Failures;
  /** The last good look (ISO 8601, UTC). */
  readonly lookedAt?: string | undefined;
  /** Looks in a row whose statistics the key may not read. */
  readonly deniedStats: number;
}

const HOUR = 3_600_000;

/** Looks at a task again and again until one of the goals is reached, or none of them can be. */
export async function waitFor(wait: Wait): Promise<End> {
  const { clock, stopping, timeoutMs, intervalMs } = wait;
  const deadline = clock.elapsed() + (timeoutMs ?? Number.POSITIVE_INFINITY);
  const say = withHourlyWord(wait);
  let watched: Watched = { failures: NO_FAILURES, deniedStats: 0 };
  while (!stopping.aborted) {
    const looked = await lookBefore(wait, watched, deadline);
    if (stopping.aborted) break;
    if (looked === undefined) return { kind: 'time over' };
    const noted = noteLook(wait, watched, looked);
    say(newsOf(wait, watched, noted), noted.watched.stream?.state, looked);
    watched = noted.watched;
    const end = endOf(wait, noted, looked);
    if (end !== undefined) return end;
    const nextMs = pauseMs(watched.failures, intervalMs, isKnown(watched));
    await clock.sleep(Math.max(0, Math.min(nextMs, deadline - clock.elapsed())), stopping);
    if (clock.elapsed() >= deadline && !stopping.aborted) return { kind: 'time over' };
  }
  return { kind: 'stopped', signal: String(stopping.reason) };
}

/** Says the news, and once an hour without any that the wait goes on. */
function withHourlyWord({ clock, say }: Wait) {
  let saidAt = clock.elapsed();
  return (news: readonly News[], task: TaskState | undefined, { enrichment }: LookOutcome): void => {
    const isDue = news.length === 0 && clock.elapsed() - saidAt >= HOUR;
    const all: readonly News[] = isDue ? [{ kind: 'still', stats: valueIn(enrichment.stats) }] : news;
    for (const one of all) say(one, task);
    if (all.length > 0) saidAt = clock.elapsed();
  };
}

/** No look takes longer than this: four calls with their time-outs. */
const LONGEST_LOOK_MS = 60_000;

/** @returns nothing of a look that was given up because the time is over */
async function lookBefore(
  wait: Wait,
  { stream }: Watched,
  deadline: number,
): Promise<LookOutcome | undefined> {
  const { clock, stopping, timeoutMs } = wait;
  const over = new AbortController();
  const done = new AbortController();
  const leftMs = deadline - clock.elapsed();
  if (timeoutMs !== 0 && leftMs < LONGEST_LOOK_MS) {
    void clock.sleep(leftMs, done.signal).then(() => done.signal.aborted || over.abort());
  }
  try {
    const looked = await lookAt(wait, stream?.state, AbortSignal.any([stopping, over.signal]));
    return over.signal.aborted ? undefined : looked;
  } finally {
    done.abort();
  }
}

interface Noted {
  readonly watched: Watched;
  readonly events: readonly MigrationEvent[];
}

/** Adds a look to what is known, by the detection that a watcher uses. */
function noteLook({ watch, clock }: Wait, watched: Watched, { look, enrichment }: LookOutcome): Noted {
  const failures = failuresAfter(watched.failures, look);
  if (look.kind === 'skipped') return { watched: { ...watched, failures }, events: [] };
  const now = new Date(clock.now());
  const project = defined<{ lookedAt?: string }>({ lookedAt: watched.lookedAt });
  const update = detect(watched.stream, look, { watch, now, enrichment: { ...enrichment, project } });
  const lookedAt = look.kind === 'seen' ? now.toISOString() : watched.lookedAt;
  const stream = update?.stream ?? watched.stream;
  const deniedStats = enrichment.stats?.kind === 'denied' ? watched.deniedStats + 1 : 0;
  return { watched: { stream, failures, lookedAt, deniedStats }, events: update?.events ?? [] };
}

function newsOf({ intervalMs }: Wait, before: Watched, { watched, events }: Noted): News[] {
  // Failed looks have lines of their own.
  const changes = events.filter(({ type }) => !type.startsWith('dcs.watch.'));
  const news: News[] = changes.map((event) => ({ kind: 'change', event }));
  const { last } = watched.failures;
  if (last === undefined)
    return before.failures.last === undefined ? news : [{ kind: 'looks again' }, ...news];
  const isEnd = endingFailure(watched.failures, isKnown(watched)) !== undefined;
  if (isEnd || isSameFailure(before.failures.last, last)) return news;
  const nextInMs = pauseMs(watched.failures, intervalMs, isKnown(watched));
  return [{ kind: 'look failed', failure: last, nextInMs }, ...news];
}

function endOf({ goals }: Wait, { watched, events }: Noted, { enrichment }: LookOutcome): End | undefined {
  const failure = endingFailure(watched.failures, isKnown(watched));
  if (failure !== undefined) return { kind: 'refused', failure };
  if (watched.stream === undefined) return undefined;
  const blind = blindness(goals, watched, enrichment);
  if (blind !== undefined) return { kind: 'refused', failure: blind };
  const check = checkGoals(goals, watched.stream.state, {
    passed: passedIn(events),
    listed: enrichment.listed,
  });
  return check.kind === 'open' ? undefined : check;
}

/** A wait for readiness alone goes on for nothing where the key may not read the figures that show it. */
function blindness(
  goals: readonly Goal[],
  { deniedStats }: Watched,
  { stats }: LookOutcome['enrichment'],
): Failure | undefined {
  if (stats?.kind !== 'denied' || deniedStats < REFUSALS_OF_KNOWN) return undefined;
  if (goals.some(({ kind }) => kind !== 'ready')) return undefined;
  const { detail, answer, requestId } = stats;
  return defined({ kind: 'failed' as const, reason: 'not authorised' as const, detail, answer, requestId });
}

/** Phases that must have begun and ended between two looks. */
function passedIn(events: readonly MigrationEvent[]): readonly Phase[] {
  return events.flatMap(({ data }) => data.notObserved?.phases ?? []);
}

function isKnown({ stream }: Watched): boolean {
  return stream?.state.standing !== undefined;
}
