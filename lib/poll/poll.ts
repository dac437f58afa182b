import { plainId } from '../migration/model/task-id.ts';
import type { PartitionRecords } from '../records/partition.ts';
import { NO_SUMMARY } from '../records/summary.ts';
import type { Commit } from './commit.ts';
import type { TickContext } from './context.ts';
import { releaseTasks } from './discovery/release-tasks.ts';
import { evaluateLooks } from './failures/evaluate.ts';
import { quotasOf } from './list-first/quotas.ts';
import { readSummary, writeSummary } from './list-first/summarise.ts';
import type { TickRecords } from './load/tick-records.ts';
import type { EntryLooks, PassStart, ProjectPass } from './pass/pass.ts';
import type { PolledEntry } from './pass/polled-entry.ts';
import { cooldownsIn } from './pass/project-record.ts';
import { entryPass } from './project/entry-pass.ts';
import { pollEntry } from './project/poll-entry.ts';

/** Shared by all passes of one tick. */
export interface PassOptions {
  readonly known: TickRecords;
  /** By {@link Clock.elapsed}. */
  readonly lookUntil: number;
  readonly commit: Commit;
}

/**
 * Polls all projects at the same time, each at its own pace.
 *
 * @param whenPolled called for each project as soon as its looks are saved and evaluated
 */
export async function pollProjects(
  whenPolled: (project: readonly PolledEntry[]) => Promise<void>,
  options: PassOptions,
  context: TickContext,
): Promise<void> {
  const cooldowns = cooldownsOf(options.known);
  const quotas = quotasOf(options.known.byProject, options.lookUntil, context);
  const passes = [...options.known.byProject].map(([records, entries]) => {
    const polled = async () => {
      const summary = await readSummary(entries, quotas, context);
      const start = { records, entries, earlier: [], cooldowns, quotas, summary };
      return pollEntries(projectPass(start, options, context));
    };
    return { entries, polled: polled() };
  });
  const lookedAt = async (endpoints: ReadonlySet<string>) => {
    const same = passes.filter(({ entries }) =>
      entries.some(({ endpointFingerprint }) => endpoints.has(endpointFingerprint)),
    );
    return (await Promise.all(same.map(({ polled }) => polled))).flatMap(({ looks }) => looks);
  };
  await Promise.all(
    passes.map(async ({ entries, polled }) => {
      const one = await polled;
      const endpoints = new Set(entries.map(({ endpointFingerprint }) => endpointFingerprint));
      await evaluateLooks(one.looks, () => lookedAt(endpoints));
      await writeSummary(one.looks, one.pass);
      await whenPolled(polledEntries(one));
    }),
  );
}

/**
 * Polls again the tasks of one project that are near a change. Failures of a further pass are not evaluated, because a
 * tick counts a failure once.
 *
 * @param records of the project, just read
 */
export async function pollAgain(
  records: PartitionRecords,
  earlier: readonly PolledEntry[],
  options: PassOptions,
  context: TickContext,
): Promise<readonly PolledEntry[]> {
  const entries = earlier.map(({ project }) => project);
  const cooldowns = cooldownsOf(options.known);
  const start = { records, entries, earlier, cooldowns, quotas: new Map(), summary: NO_SUMMARY };
  return polledEntries(await pollEntries(projectPass(start, options, context)));
}

function cooldownsOf({ byProject }: TickRecords): PassStart['cooldowns'] {
  return [...byProject].flatMap(([records, [project]]) =>
    project === undefined ? [] : cooldownsIn(project.id, records),
  );
}

function projectPass(
  start: PassStart,
  { lookUntil, commit }: PassOptions,
  context: TickContext,
): ProjectPass {
  const { entries } = start;
  const [first] = entries;
  if (first === undefined) throw new TypeError('a project without an entry');
  const named = new Set(entries.flatMap(({ watches }) => watches.map(({ taskId }) => plainId(taskId))));
  const now = new Date(context.clock.now());
  return { ...start, projectId: first.id, named, lookUntil, now, commit, context };
}

/** The entries of one project after their looks. */
interface PolledEntries {
  readonly pass: ProjectPass;
  readonly looks: readonly EntryLooks[];
  /** False when an entry failed to release a task, so that no entry watches that task in this tick. */
  readonly isReleased: boolean;
}

/**
 * Every entry releases its unmatched tasks before any entry looks, so that another entry can find them in the same
 * pass.
 */
async function pollEntries(pass: ProjectPass): Promise<PolledEntries> {
  const entries = pass.entries.map((project) => entryPass(project, pass));
  const first = entries.filter(({ earlier }) => earlier === undefined);
  const released = await Promise.all(first.map(releaseTasks));
  return { pass, looks: await Promise.all(entries.map(pollEntry)), isReleased: released.every(Boolean) };
}

function polledEntries({ looks, isReleased }: PolledEntries): PolledEntry[] {
  return looks.map(({ entry: { project, pass, isCoolingDown }, plan: { watches, isComplete } }) => ({
    project,
    records: pass.records,
    watches,
    isComplete: isComplete && isReleased,
    isCoolingDown,
  }));
}
