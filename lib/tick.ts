import { randomUUID } from 'node:crypto';
import { reasonOf } from './base/errors.ts';
import { type ChannelBook, openChannelBook, speakerOf } from './delivery/channel-health.ts';
import {
  beginDelivery,
  type DeliverInput,
  type DeliverSummary,
  type Delivery,
  owedBy,
  type Source,
  TELLING_MS,
} from './delivery/deliver.ts';
import { owesAction } from './delivery/outbox/revalidation.ts';
import { type Board, createBoard } from './poll/board.ts';
import { isChange } from './poll/commit.ts';
import type { Done, Run, TickProject } from './poll/context.ts';
import { type LookedAt, lookAtGroups, type TickGroup } from './poll/groups.ts';
import {
  type Known,
  keepPartitions,
  readKnown,
  readProjects,
  sayWhatIsUnread,
  sourcesBeside,
  sourcesIn,
  sourcesOf,
  sourcesToLookAt,
} from './poll/load.ts';
import { isNear } from './poll/plan.ts';
import { lookAgainAt, lookAtProjects } from './poll/poll.ts';
import { remindOfWhatWaits } from './poll/reminders.ts';
import { createLookAgain } from './poll/revalidate.ts';
import {
  GROUPS_PARTITION,
  type HeldRecord,
  loadRecords,
  type PartitionRecords,
  projectPartition,
  WATCHER_KEY,
} from './records/records.ts';
import type { TickReport } from './telemetry/log.ts';

export interface TickInput extends Omit<DeliverInput, 'owner' | 'book' | 'isLookedAt'> {
  readonly projects: readonly TickProject[];
  readonly groups: readonly TickGroup[];
  /** When the configuration was loaded: of two, the newer one says which channels there are. Milliseconds since the epoch. */
  readonly loadedAt: number;
  /** How often tasks that ended long ago are looked at. Milliseconds. */
  readonly finishedEveryMs: number;
  /** Between two looks at tasks near a change, within one tick; absent: one look per tick. Milliseconds. */
  readonly lookEveryMs?: number;
  /** Until when further looks may begin, and messages be on their way: when the next tick begins. By {@link Clock.elapsed}, as `endsAt`. */
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
/** So long a chat waits for the looks at other projects, to hear of what happened together in one message. Milliseconds. */
const TOGETHER_MS = 5000;

/** One run of the tick. */
interface Scene {
  readonly input: TickInput;
  readonly known: Known;
  readonly board: Board;
  readonly delivery: Delivery;
  readonly run: TickInput & Omit<Run, 'lookUntil'>;
  /** Groups are compared with their tasks by one project after the other. */
  readonly inTurn: (work: () => Promise<void>) => Promise<void>;
}

/**
 * The main job: read what is known, look at every task, save what changed together with what is owed for it, deliver
 * what is due. Each project and each channel goes at its own pace: what is owed from before is delivered from the first
 * moment, and what a project owes as soon as it was looked at. One broken task, answer or channel never stops the others.
 * Tasks near a change are looked at several times in one tick, if so configured.
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
  const run = { ...input, owner: randomUUID(), done };

  const read = await readKnown(input.projects, input.groups, run);
  sayWhatIsUnread(read, run);
  const known = await keepPartitions(read, { ...run, lookUntil: input.endsAt });
  await remindOfWhatWaits(known, run);
  const board = createBoard([...known.byProject.values()].flatMap(([project]) => project?.id ?? []));
  const delivery = openDelivery(known, board, run);
  const scene: Scene = { input, known, board, delivery, run, inTurn: oneAfterAnother() };
  let told: DeliverSummary;
  try {
    await Promise.all([deliverFromBefore(scene), lookAtAll(scene)]);
  } finally {
    told = await endDelivery(scene);
  }

  const now = input.clock.now();
  const report: TickReport = {
    tasks: board.looked().reduce((sum, { watches }) => sum + watches.length, 0),
    changed: done.changed + told.events.filter(({ type }) => isChange(type)).length,
    events: done.events + told.events.length,
    delivered: told.delivered,
    pending: told.pending,
    dead: done.dead + told.dead,
    failedLooks: done.failedLooks,
    ms: Math.round(input.clock.elapsed() - startedAt),
    looks: done.looks,
    failedRecords: done.failedRecords + told.failedRecords,
    pendingAgeMs: Math.max(0, now - (told.pendingSince ?? now)),
    brokenChannels: told.broken.length,
    broken: told.broken,
    silent: told.silent,
    blind: done.blind,
    ...(told.leasedUntil !== undefined && { leasedUntil: told.leasedUntil }),
  };
  input.log({ kind: 'tick', ...report });
  return report;
}

function oneAfterAnother(): Scene['inTurn'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}

function openDelivery(known: Known, board: Board, run: Scene['run']): Delivery {
  const book = openBook(known, run);
  if (book === undefined) return nothingToTell(known, run);
  const lookAgain = createLookAgain(board.looked, run.groups, run);
  return beginDelivery({ ...run, book, lookAgain, isLookedAt: board.isLookedAt });
}

function openBook(
  { byProject, watcher }: Known,
  { store, log, channels, clock }: Scene['run'],
): ChannelBook | undefined {
  const project = speakerOf([...byProject.values()].flat());
  if (project === undefined) return undefined;
  const held = watcher.held(WATCHER_KEY.id, new Date(clock.now()));
  return openChannelBook({ store, log, channels, held, project });
}

/** Without a project nobody speaks for the configuration. */
function nothingToTell(known: Known, run: Scene['run']): Delivery {
  const owed = owedBy(sourcesOf(known, run));
  const summary = { delivered: 0, dead: 0, broken: [], silent: [], failedRecords: 0, events: [], ...owed };
  return {
    handOver: async () => undefined,
    heldAt: () => undefined,
    end: async () => summary,
  };
}

/** Programs need not wait for the looks of this tick; people hear of a task what is true after its look. */
async function deliverFromBefore({ known, delivery, run }: Scene): Promise<void> {
  await delivery.handOver(sourcesBeside(known, run));
  await delivery.handOver(sourcesToLookAt(known), 'programs');
}

/** What cannot be told because of a fault of ours is due again in the next tick. */
async function endDelivery({ delivery, known, run }: Scene): Promise<DeliverSummary> {
  try {
    return await delivery.end();
  } catch (error) {
    const message = `not everything was delivered, it is due again in the next tick: ${reasonOf(error)}`;
    run.log({ kind: 'problem', message });
    const nothing = { delivered: 0, dead: 0, broken: [], silent: [], events: [] };
    return { ...nothing, failedRecords: 1, ...owedBy(sourcesOf(known, run)) };
  }
}

/** Looks at all projects, and saves what is seen. What each one owes then is delivered while others are still looked at. */
async function lookAtAll(scene: Scene): Promise<void> {
  const { input, known, board, delivery } = scene;
  const run = runOf(sourcesOf(known, scene.run), scene);
  await lookAtProjects(
    known,
    async (looked) => {
      board.note(looked);
      const records = recordsOf(looked);
      const { groups } = known;
      const isLast = board.isComplete();
      if (!isLast) await deliverTogether(sourcesAt(looked, records, known), scene);
      else if (groups !== undefined)
        await scene.inTurn(() => lookAtGroups(input.groups, newestOf(scene), groups, run));
      const ofGroups = isLast && groups !== undefined ? sourcesIn(groups, GROUPS_PARTITION, known) : [];
      await delivery.handOver([...sourcesAt(looked, records, known), ...ofGroups]);
      await lookOn(looked, scene);
    },
    run,
  );
}

/** The time that looks may take in a run, or in what is left of it. */
function runOf(sources: readonly Pick<HeldRecord, 'record'>[], { input, run }: Scene): Run {
  const isWaitedFor = sources.some(({ record }) => owesAction(record, run.channels, run.clock.now()));
  const share = isWaitedFor ? SHARE_BEFORE_ACTIONS : LOOKING_SHARE;
  const startsAt = run.clock.elapsed();
  return { ...run, lookUntil: startsAt + (input.endsAt - startsAt) * share };
}

/** All entries of the configuration for one project share its records. */
function recordsOf([first]: readonly LookedAt[]): PartitionRecords {
  if (first === undefined) throw new TypeError('no project was looked at');
  return first.records;
}

function sourcesAt([first]: readonly LookedAt[], records: PartitionRecords, known: Known): Source[] {
  return first === undefined ? [] : sourcesIn(records, projectPartition(first.project.id), known);
}

/** Programs are told at once, people when the other projects were looked at as well, or after some seconds. */
async function deliverTogether(sources: readonly Source[], { delivery, input, board }: Scene): Promise<void> {
  await delivery.handOver(sources, 'programs');
  const spareMs = input.endsAt - input.clock.elapsed() - TELLING_MS;
  if (spareMs > 0) await input.clock.sleep(Math.min(TOGETHER_MS, spareMs), board.complete);
}

/** What is known of the projects by now: while some are still looked at, others are delivered, and looked at again for it. */
function newestOf({ board, delivery, run }: Scene): readonly LookedAt[] {
  const now = new Date(run.clock.now());
  const views = new Map<PartitionRecords, PartitionRecords>();
  const viewOf = (records: PartitionRecords): PartitionRecords => ({
    ...records,
    find(id) {
      const read = records.held(id, now);
      const delivered = delivery.heldAt(read.key);
      return delivered !== undefined && delivered.rev > read.rev ? delivered.record : records.find(id);
    },
  });
  return board.looked().map((place) => {
    const view = views.get(place.records) ?? viewOf(place.records);
    views.set(place.records, view);
    return { ...place, records: view };
  });
}

/** Looks at the tasks near a change again and again, if so configured, and delivers what that shows. */
async function lookOn(first: readonly LookedAt[], scene: Scene): Promise<void> {
  for (let last = first; isNearChange(last, scene) && (await waitForNextLooks(scene)); ) {
    const next = await lookOnce(first, scene);
    if (next === undefined) return;
    last = next;
  }
}

function isNearChange(looked: readonly LookedAt[], { run }: Scene): boolean {
  const now = new Date(run.clock.now());
  return looked.some(({ watches, records }) => watches.some((watch) => isNear(watch, records, now)));
}

/** @returns false when the run, or its time, is over */
async function waitForNextLooks({ input }: Scene): Promise<boolean> {
  const { clock, endsAt, lookEveryMs, nextTickAt, stopping } = input;
  if (lookEveryMs === undefined || stopping?.aborted) return false;
  const beginsAt = clock.elapsed() + lookEveryMs;
  if (beginsAt >= nextTickAt || beginsAt + SHORTEST_PASS_MS > endsAt) return false;
  await clock.sleep(lookEveryMs, stopping);
  return !stopping?.aborted;
}

/** What was done before is done: a store that fails later ends the looks at this project, and does not undo it. */
async function lookOnce(first: readonly LookedAt[], scene: Scene): Promise<readonly LookedAt[] | undefined> {
  const { known, board, delivery, run } = scene;
  const [project] = first;
  if (project === undefined) return undefined;
  try {
    const records = await loadRecords(run.store, projectPartition(project.project.id));
    const looked = await lookAgainAt(
      records,
      first,
      [...known.byProject.keys()],
      runOf(records.all(), scene),
    );
    board.note(looked);
    if (known.groups !== undefined) await scene.inTurn(() => lookAtGroupsOnce(scene));
    await delivery.handOver(sourcesAt(looked, records, known));
    return looked;
  } catch (error) {
    run.done.failedRecords += 1;
    const message = `no further looks in this tick, the next one goes on: ${reasonOf(error)}`;
    run.log({ kind: 'problem', message });
    return undefined;
  }
}

/** Groups are read before the tasks that they are compared with: else somebody newer could have compared them meanwhile. */
async function lookAtGroupsOnce(scene: Scene): Promise<void> {
  const { input, known, board, delivery, run } = scene;
  if (!board.isComplete()) return;
  const groups = await loadRecords(run.store, GROUPS_PARTITION);
  const byProject = await readProjects(input.projects, run.store);
  const fresh = new Map([...byProject].map(([records, [project]]) => [project?.id, records]));
  const looked = board.looked().map((place) => ({
    ...place,
    records: fresh.get(place.project.id) ?? place.records,
  }));
  await lookAtGroups(input.groups, looked, groups, runOf([], scene));
  await delivery.handOver(sourcesIn(groups, GROUPS_PARTITION, known));
}
