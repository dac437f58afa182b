import { randomUUID } from 'node:crypto';
import { type ChannelBook, openChannelBook, speakerOf } from './delivery/channel-book.ts';
import { type DeliverInput, type DeliverSummary, deliver, owedBy } from './delivery/deliver.ts';
import { owesAction } from './delivery/review.ts';
import { reasonOf } from './errors.ts';
import type { TickReport } from './log.ts';
import { type LookedAt, lookAtGroups, type TickGroup } from './looking/groups.ts';
import { type Known, keepPartitions, readKnown, sayWhatIsUnread, sourcesOf } from './looking/known.ts';
import { createLookAgain } from './looking/look-again.ts';
import { isNear } from './looking/plan.ts';
import { lookAtProjects } from './looking/projects.ts';
import type { Done, Run, TickProject } from './looking/run.ts';
import { isChange } from './looking/save.ts';
import { WATCHER_KEY } from './records.ts';

export interface TickInput extends Omit<DeliverInput, 'owner' | 'book'> {
  readonly projects: readonly TickProject[];
  readonly groups: readonly TickGroup[];
  /** When the configuration was loaded: of two, the newer one says which channels there are. Milliseconds since the epoch. */
  readonly loadedAt: number;
  /** How often tasks that ended long ago are looked at. Milliseconds. */
  readonly finishedEveryMs: number;
  /** Between two looks at tasks near a change, within one tick; absent: one look per tick. Milliseconds. */
  readonly lookEveryMs?: number;
  /** Until when further looks may begin: when the next tick does. By {@link Clock.elapsed}, as `endsAt`. */
  readonly nextTickAt: number;
  /** Aborted when the program is to end: then no further looks begin. */
  readonly stopping?: AbortSignal;
}

/** The part of what is left of a run that looking may use up: what is seen must also be told. */
const LOOKING_SHARE = 0.75;
/** Where programs wait for something to act on, more is left: it is looked at again first, at the same pace. */
const SHARE_BEFORE_ACTIONS = 0.4;
/** A further look is only begun if there is time left for it and for what it makes. Milliseconds. */
export const SHORTEST_PASS_MS = 15_000;

/** What one pass saw and told. */
interface Passed {
  readonly looked: readonly LookedAt[];
  readonly told: DeliverSummary;
}

/**
 * The main job: read what is known, look at every task, save what changed together with what is owed for it, deliver
 * what is due. One broken task, answer or channel never stops the others. Tasks near a change are looked at several
 * times in one tick, if so configured.
 *
 * @throws {StoreError} when the store cannot be read: nothing useful can be done without it
 */
export async function tick(input: TickInput): Promise<TickReport> {
  const startedAt = input.clock.elapsed();
  const done: Done = {
    changed: 0,
    events: 0,
    dead: 0,
    looks: 0,
    failedLooks: 0,
    failedRecords: 0,
    blind: [],
  };
  const run = { ...input, owner: randomUUID(), done, unsettled: new Set<string>() };

  const first = await makePass(input, run);
  const all = [first];
  for (let last = first; isNearChange(last, input) && (await waitForNextPass(input)); ) {
    const next = await makeFurtherPass(first, input, run);
    if (next === undefined) break;
    all.push(next);
    last = next;
  }

  const now = input.clock.now();
  const ms = Math.round(input.clock.elapsed() - startedAt);
  const told = all.map((pass) => pass.told);
  const noticed = told.flatMap(({ events }) => events);
  const { pending, pendingSince, broken, silent, leasedUntil } = told.at(-1) ?? first.told;
  const report: TickReport = {
    tasks: sum(first.looked, ({ watches }) => watches.length),
    changed: done.changed + noticed.filter(({ type }) => isChange(type)).length,
    events: done.events + noticed.length,
    delivered: sum(told, ({ delivered }) => delivered),
    pending,
    dead: done.dead + sum(told, ({ dead }) => dead),
    failedLooks: done.failedLooks,
    ms,
    looks: done.looks,
    failedRecords: done.failedRecords + sum(told, ({ failedRecords }) => failedRecords),
    pendingAgeMs: Math.max(0, now - (pendingSince ?? now)),
    brokenChannels: broken.length,
    broken,
    silent,
    blind: done.blind,
    ...(leasedUntil !== undefined && { leasedUntil }),
  };
  input.log({ kind: 'tick', ...report });
  return report;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}

function isNearChange({ looked }: Passed, { clock }: TickInput): boolean {
  const now = new Date(clock.now());
  return looked.some(({ watches, records }) => watches.some((watch) => isNear(watch, records, now)));
}

/** @returns false when the run, or its time, is over */
async function waitForNextPass(input: TickInput): Promise<boolean> {
  const { clock, endsAt, lookEveryMs, nextTickAt, stopping } = input;
  if (lookEveryMs === undefined || stopping?.aborted) return false;
  const beginsAt = clock.elapsed() + lookEveryMs;
  if (beginsAt >= nextTickAt || beginsAt + SHORTEST_PASS_MS > endsAt) return false;
  await clock.sleep(lookEveryMs, stopping);
  return !stopping?.aborted;
}

/** What the first pass did is done: a store that fails later ends the tick, and does not undo it. */
async function makeFurtherPass(
  first: Passed,
  input: TickInput,
  run: Omit<Run, 'lookUntil'>,
): Promise<Passed | undefined> {
  try {
    return await makePass(input, run, first);
  } catch (error) {
    run.done.failedRecords += 1;
    const message = `no further looks in this tick, the next one goes on: ${reasonOf(error)}`;
    run.log({ kind: 'problem', message });
    return undefined;
  }
}

/** Read, look, save, deliver. After the first pass only the tasks near a change are looked at. */
async function makePass(
  { projects, groups }: TickInput,
  began: Omit<Run, 'lookUntil'>,
  first?: Passed,
): Promise<Passed> {
  const startedAt = began.clock.elapsed();
  const read = await readKnown(projects, groups, began);
  const isWaitedFor = sourcesOf(read, began).some(({ record }) =>
    owesAction(record, began.channels, began.clock.now()),
  );
  const share = isWaitedFor ? SHARE_BEFORE_ACTIONS : LOOKING_SHARE;
  const run: Run = { ...began, lookUntil: startedAt + (began.endsAt - startedAt) * share };
  if (first === undefined) sayWhatIsUnread(read, run);
  const known = first === undefined ? await keepPartitions(read, run) : read;
  const looked = await lookAtProjects(known, first?.looked ?? [], run);
  if (known.groups !== undefined) await lookAtGroups(groups, looked, known.groups, run);
  const told = await deliverAll(known, { ...run, lookAgain: createLookAgain(looked, groups, run) });
  return { looked, told };
}

/** All looks are saved: tell. What cannot be told because the store fails now is due again in the next tick. */
async function deliverAll(known: Known, run: Run): Promise<DeliverSummary> {
  const records = sourcesOf(known, run);
  const book = channelBook(known, run);
  const nothing = {
    delivered: 0,
    dead: 0,
    broken: book?.broken() ?? [],
    silent: [],
    events: [],
    ...owedBy(records),
  };
  if (book === undefined) return { ...nothing, failedRecords: 0 };
  try {
    return await deliver(records, { ...run, book });
  } catch (error) {
    const message = `nothing was delivered, it is due again in the next tick: ${reasonOf(error)}`;
    run.log({ kind: 'problem', message });
    return { ...nothing, failedRecords: 1 };
  }
}

function channelBook(
  { byProject, watcher }: Known,
  { store, log, channels, clock }: Run,
): ChannelBook | undefined {
  const project = speakerOf([...byProject.values()].flat());
  if (project === undefined) return undefined;
  const held = watcher.held(WATCHER_KEY.id, new Date(clock.now()));
  return openChannelBook({ store, log, channels, held, project });
}
