import { reasonOf } from './base/errors.ts';
import { announcingProject, type ChannelHealth, openChannelHealth } from './delivery/channel-health.ts';
import {
  countPending,
  type DeliverableRecord,
  type DeliverSummary,
  type Delivery,
  startDelivery,
  TELLING_MS,
} from './delivery/deliver.ts';
import { hasActionDue } from './delivery/outbox/revalidation.ts';
import { type Board, createBoard } from './poll/board.ts';
import { isChange } from './poll/commit.ts';
import type { TickContext } from './poll/context.ts';
import { type LookedAt, lookAtGroups } from './poll/groups.ts';
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
  readonly known: Known;
  readonly board: Board;
  readonly delivery: Delivery;
  readonly context: TickContext;
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
export async function tick(context: TickContext): Promise<TickReport> {
  const startedAt = context.clock.elapsed();
  const { stats } = context;

  const read = await readKnown(context.projects, context.groups, context);
  sayWhatIsUnread(read, context);
  const known = await keepPartitions(read, context);
  await remindOfWhatWaits(known, context);
  const board = createBoard([...known.byProject.values()].flatMap(([project]) => project?.id ?? []));
  const delivery = openDelivery(known, board, context);
  const scene: Scene = { known, board, delivery, context, inTurn: oneAfterAnother() };
  let told: DeliverSummary;
  try {
    await Promise.all([deliverFromBefore(scene), lookAtAll(scene)]);
  } finally {
    told = await endDelivery(scene);
  }

  const now = context.clock.now();
  const report: TickReport = {
    tasks: board.looked().reduce((sum, { watches }) => sum + watches.length, 0),
    changed: stats.changed + told.events.filter(({ type }) => isChange(type)).length,
    events: stats.events + told.events.length,
    delivered: told.delivered,
    pending: told.pending,
    dead: stats.dead + told.dead,
    failedLooks: stats.failedLooks,
    ms: Math.round(context.clock.elapsed() - startedAt),
    looks: stats.looks,
    failedRecords: stats.failedRecords + told.failedRecords,
    pendingAgeMs: Math.max(0, now - (told.pendingSince ?? now)),
    brokenChannels: told.broken.length,
    broken: told.broken,
    silent: told.silent,
    blind: stats.blind,
    ...(told.leasedUntil !== undefined && { leasedUntil: told.leasedUntil }),
  };
  context.log({ kind: 'tick', ...report });
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

function openDelivery(known: Known, board: Board, context: TickContext): Delivery {
  const { store, channels, clock, log, random, owner, endsAt, nextTickAt } = context;
  const health = openBook(known, context);
  if (health === undefined) return nothingToTell(known, context);
  const lookAgain = createLookAgain(board.looked, context.groups, context);
  return startDelivery({
    store,
    channels,
    clock,
    log,
    random,
    owner,
    endsAt,
    nextTickAt,
    health,
    lookAgain,
    isLookedAt: board.isLookedAt,
  });
}

function openBook(
  { byProject, watcher }: Known,
  { store, log, channels, clock }: TickContext,
): ChannelHealth | undefined {
  const project = announcingProject([...byProject.values()].flat());
  if (project === undefined) return undefined;
  const held = watcher.held(WATCHER_KEY.id, new Date(clock.now()));
  return openChannelHealth({ store, log, channels, held, project });
}

/** Without a project nobody speaks for the configuration. */
function nothingToTell(known: Known, context: TickContext): Delivery {
  const owed = countPending(sourcesOf(known, context));
  const summary = { delivered: 0, dead: 0, broken: [], silent: [], failedRecords: 0, events: [], ...owed };
  return {
    handOver: async () => undefined,
    heldAt: () => undefined,
    end: async () => summary,
  };
}

/** Programs need not wait for the looks of this tick; people hear of a task what is true after its look. */
async function deliverFromBefore({ known, delivery, context }: Scene): Promise<void> {
  await delivery.handOver(sourcesBeside(known, context));
  await delivery.handOver(sourcesToLookAt(known), 'programs');
}

/** What cannot be told because of a fault of ours is due again in the next tick. */
async function endDelivery({ delivery, known, context }: Scene): Promise<DeliverSummary> {
  try {
    return await delivery.end();
  } catch (error) {
    const message = `not everything was delivered, it is due again in the next tick: ${reasonOf(error)}`;
    context.log({ kind: 'problem', message });
    const nothing = { delivered: 0, dead: 0, broken: [], silent: [], events: [] };
    return { ...nothing, failedRecords: 1, ...countPending(sourcesOf(known, context)) };
  }
}

/** Looks at all projects, and saves what is seen. What each one owes then is delivered while others are still looked at. */
async function lookAtAll(scene: Scene): Promise<void> {
  const { known, board, delivery, context } = scene;
  await lookAtProjects(
    known,
    async (looked) => {
      board.note(looked);
      const records = recordsOf(looked);
      const { groups } = known;
      const isLast = board.isComplete();
      if (!isLast) await deliverTogether(sourcesAt(looked, records, known), scene);
      else if (groups !== undefined)
        await scene.inTurn(() => lookAtGroups(context.groups, newestOf(scene), groups, context));
      const ofGroups = isLast && groups !== undefined ? sourcesIn(groups, GROUPS_PARTITION, known) : [];
      await delivery.handOver([...sourcesAt(looked, records, known), ...ofGroups]);
      await lookOn(looked, scene);
    },
    lookUntil(sourcesOf(known, context), context),
    context,
  );
}

/** Ends the share of the time left that looks may take. */
function lookUntil(sources: readonly Pick<HeldRecord, 'record'>[], context: TickContext): number {
  const isWaitedFor = sources.some(({ record }) =>
    hasActionDue(record, context.channels, context.clock.now()),
  );
  const share = isWaitedFor ? SHARE_BEFORE_ACTIONS : LOOKING_SHARE;
  const startsAt = context.clock.elapsed();
  return startsAt + (context.endsAt - startsAt) * share;
}

/** All entries of the configuration for one project share its records. */
function recordsOf([first]: readonly LookedAt[]): PartitionRecords {
  if (first === undefined) throw new TypeError('no project was looked at');
  return first.records;
}

function sourcesAt(
  [first]: readonly LookedAt[],
  records: PartitionRecords,
  known: Known,
): DeliverableRecord[] {
  return first === undefined ? [] : sourcesIn(records, projectPartition(first.project.id), known);
}

/** Programs are told at once, people when the other projects were looked at as well, or after some seconds. */
async function deliverTogether(
  sources: readonly DeliverableRecord[],
  { delivery, context, board }: Scene,
): Promise<void> {
  await delivery.handOver(sources, 'programs');
  const spareMs = context.endsAt - context.clock.elapsed() - TELLING_MS;
  if (spareMs > 0) await context.clock.sleep(Math.min(TOGETHER_MS, spareMs), board.complete);
}

/** What is known of the projects by now: while some are still looked at, others are delivered, and looked at again for it. */
function newestOf({ board, delivery, context }: Scene): readonly LookedAt[] {
  const now = new Date(context.clock.now());
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

function isNearChange(looked: readonly LookedAt[], { context }: Scene): boolean {
  const now = new Date(context.clock.now());
  return looked.some(({ watches, records }) => watches.some((watch) => isNear(watch, records, now)));
}

/** @returns false when the run, or its time, is over */
async function waitForNextLooks({ context }: Scene): Promise<boolean> {
  const { clock, endsAt, lookEveryMs, nextTickAt, stopping } = context;
  if (lookEveryMs === undefined || stopping?.aborted) return false;
  const beginsAt = clock.elapsed() + lookEveryMs;
  if (beginsAt >= nextTickAt || beginsAt + SHORTEST_PASS_MS > endsAt) return false;
  await clock.sleep(lookEveryMs, stopping);
  return !stopping?.aborted;
}

/** What was done before is done: a store that fails later ends the looks at this project, and does not undo it. */
async function lookOnce(first: readonly LookedAt[], scene: Scene): Promise<readonly LookedAt[] | undefined> {
  const { known, board, delivery, context } = scene;
  const [project] = first;
  if (project === undefined) return undefined;
  try {
    const records = await loadRecords(context.store, projectPartition(project.project.id));
    const looked = await lookAgainAt(
      records,
      first,
      { all: [...known.byProject.keys()], lookUntil: lookUntil(records.all(), context) },
      context,
    );
    board.note(looked);
    if (known.groups !== undefined) await scene.inTurn(() => lookAtGroupsOnce(scene));
    await delivery.handOver(sourcesAt(looked, records, known));
    return looked;
  } catch (error) {
    context.stats.failedRecords += 1;
    const message = `no further looks in this tick, the next one goes on: ${reasonOf(error)}`;
    context.log({ kind: 'problem', message });
    return undefined;
  }
}

/** Groups are read before the tasks that they are compared with: else somebody newer could have compared them meanwhile. */
async function lookAtGroupsOnce(scene: Scene): Promise<void> {
  const { known, board, delivery, context } = scene;
  if (!board.isComplete()) return;
  const groups = await loadRecords(context.store, GROUPS_PARTITION);
  const byProject = await readProjects(context.projects, context.store);
  const fresh = new Map([...byProject].map(([records, [project]]) => [project?.id, records]));
  const looked = board.looked().map((place) => ({
    ...place,
    records: fresh.get(place.project.id) ?? place.records,
  }));
  await lookAtGroups(context.groups, looked, groups, context);
  await delivery.handOver(sourcesIn(groups, GROUPS_PARTITION, known));
}
