import type { MigrationEvent } from '../../../lib/events/event.ts';
import { detect, detectNoLook } from '../../../lib/migration/detect/detect.ts';
import { enrichmentFor } from '../../../lib/migration/detect/enrich.ts';
import { patternFingerprint } from '../../../lib/migration/discovery/baseline.ts';
import { discover } from '../../../lib/migration/discovery/discovery.ts';
import { detectGroup } from '../../../lib/migration/group/group.ts';
import type { CallResult, Enrichment, ListedTask } from '../../../lib/migration/model/enrichment.ts';
import type { ProjectState, TaskState } from '../../../lib/migration/model/state.ts';
import {
  DEFAULT_THRESHOLDS,
  type Thresholds,
  unreadyLimits,
} from '../../../lib/migration/model/thresholds.ts';
import type { Watch } from '../../../lib/migration/model/watch.ts';
import { type CallOutcome, detectDegraded } from '../../../lib/migration/project/degraded.ts';
import { projectSubject } from '../../../lib/migration/project/health.ts';
import { isDormant, isLookedAtDue } from '../../../lib/migration/schedule.ts';
import type { StoredUpdate } from '../../../lib/poll/commit.ts';
import { encodeRecord } from '../../../lib/records/codec.ts';
import { newRecord, type StoredRecord } from '../../../lib/records/record.ts';
import { storedAfter, WATCH } from '../support.ts';
import type { Fixture, TimelineTask } from './fixture.ts';
import { asked, looksOf, type TimelineLook } from './looks.ts';
import { readSpan } from './times.ts';

/** An event, with the number of its tick. */
export interface TimedEvent {
  readonly tick: number;
  readonly who: string | undefined;
  readonly event: MigrationEvent;
}

export interface Replayed {
  readonly events: readonly TimedEvent[];
  /** When each tick was, in milliseconds since the epoch. */
  readonly ticks: readonly number[];
  readonly looks: number;
  /** Looks that wrote something. */
  readonly writes: number;
  /** The largest record of a task that was written. */
  readonly bytes: number;
}

interface Watched {
  readonly name: string;
  readonly watch: Watch;
  readonly looks: readonly TimelineLook[];
}

const ONLY = 'migration1';

/** Plays a timeline: each look at its time, and between two of them everything is stored and read back. */
export function replay(fixture: Fixture): Replayed {
  const thresholds = thresholdsOf(fixture);
  const tasks = tasksOf(fixture, thresholds);
  const store = createStore();
  const events: TimedEvent[] = [];
  const ticks = ticksOf(tasks);
  let looks = 0;

  for (const [tick, { at, row }] of ticks.entries()) {
    const now = new Date(at);
    const note = (id: string, who: string | undefined, update: StoredUpdate | undefined) => {
      store.save(id, update);
      for (const event of update?.events ?? []) events.push({ tick, who, event });
    };
    const made = fixture.discovered === undefined ? row : due(row, fixture.discovered.past, store, now);
    const calls = made.map((one) => {
      const { update, enrichment } = lookAt(one, store.find(one.name), store.find(PROJECT)?.state, now);
      note(one.name, fixture.tasks === undefined ? undefined : one.name, update);
      return enrichment;
    });
    looks += made.length;
    note(
      PROJECT,
      'project',
      detectDegraded(store.find(PROJECT), outcomesOf(calls), projectSubject(SUBJECT), now),
    );
    const replicates = made.some(({ name }) => store.find(name)?.state.standing?.phase === 'incremental');
    const { figuresValidForMs } = thresholds.cutover;
    const before = store.find(PROJECT) ?? newRecord(now);
    if (replicates && isLookedAtDue(before.state.lookedAt, figuresValidForMs, now))
      store.save(PROJECT, {
        stream: { ...before, state: { ...before.state, lookedAt: now.toISOString() } },
        events: [],
      });
    if (fixture.group !== undefined) {
      const members = tasks.map(({ name, watch }) => ({ watch, task: store.find(name)?.state }));
      note(
        GROUP,
        'group',
        detectGroup(store.find(GROUP), { name: fixture.group, members, thresholds, stamp: WATCH.stamp }, now),
      );
    }
  }
  const names = tasks.map(({ name }) => name);
  return { events: events, ticks: ticks.map(({ at }) => at), looks, ...store.figures(names) };
}

function lookAt(
  { watch, look }: Tick['row'][number],
  record: StoredRecord | undefined,
  { lookedAt, degraded }: ProjectState = {},
  now: Date,
) {
  const made = look.look;
  const project = {
    ...(lookedAt !== undefined && { lookedAt }),
    ...(degraded?.stats?.announced && { isStatsFailureAnnounced: true as const }),
  };
  if (made.kind === 'not made') {
    return {
      update: record && detectNoLook(record, { code: 'resting' }, watch, { lookedAt, now }),
      enrichment: {},
    };
  }
  const enrichment = made.kind === 'seen' ? asked(look, enrichmentFor(record?.state, made.observation)) : {};
  const context = { watch, now, enrichment: { ...enrichment, project } };
  return { update: detect(record, made, context), enrichment };
}

/** Ids beside those of the tasks. */
const PROJECT = 'project:p';
const GROUP = 'group:g';
const DISCOVERY = 'discovery:d';
const SUBJECT = {
  id: WATCH.projectId,
  name: 'prod',
  region: WATCH.region,
  tasks: 1,
  consoleUrl: WATCH.consoleUrl,
  stamp: WATCH.stamp,
};

function createStore() {
  const records = new Map<string, StoredRecord>();
  const writes = new Map<string, number>();
  let bytes = 0;
  return {
    find: (id: string) => records.get(id),
    save(id: string, update: StoredUpdate | undefined) {
      if (update === undefined) return;
      const isTask = !id.includes(':');
      const record = storedAfter(records.get(id), update, isTask ? `task:${id}` : id);
      records.set(id, record);
      writes.set(id, (writes.get(id) ?? 0) + 1);
      if (isTask) bytes = Math.max(bytes, Buffer.byteLength(encodeRecord(record)));
    },
    figures: (ids: readonly string[]) => ({
      bytes,
      writes: ids.reduce((sum, id) => sum + (writes.get(id) ?? 0), 0),
    }),
  };
}

type Store = ReturnType<typeof createStore>;

function thresholdsOf({ thresholds: configured = {} }: Fixture): Thresholds {
  const { progressMarks, cutover, stalledAfterMs, forgotten, actionsValidForMs } = DEFAULT_THRESHOLDS;
  const {
    max_offset: maxOffset = cutover.maxOffset,
    max_key_gap: maxKeyGapPercent = cutover.maxKeyGapPercent,
  } = configured;
  const limits = unreadyLimits(maxOffset, maxKeyGapPercent);
  const spanOr = (text: string | undefined, ms: number) => (text === undefined ? ms : readSpan(text));
  return {
    progressMarks: configured.progress ?? progressMarks,
    cutover: {
      maxOffset,
      maxKeyGapPercent,
      looks: configured.looks ?? cutover.looks,
      unreadyOffset: configured.unready_offset ?? limits.unreadyOffset,
      unreadyKeyGapPercent: configured.unready_key_gap ?? limits.unreadyKeyGapPercent,
      unreadyLooks: configured.unready_looks ?? cutover.unreadyLooks,
      blockedAfter: configured.blocked_after ?? cutover.blockedAfter,
      figuresValidForMs: spanOr(configured.figures_valid_for, cutover.figuresValidForMs),
    },
    stalledAfterMs: spanOr(configured.stalled_after, stalledAfterMs),
    forgotten: {
      configuringMs: spanOr(configured.forgotten_configuring, forgotten.configuringMs),
      incrementalMs: spanOr(configured.forgotten_incremental, forgotten.incrementalMs),
      everyMs: spanOr(configured.forgotten_every, forgotten.everyMs),
    },
    actionsValidForMs,
  };
}

function tasksOf({ tasks, looks, always, discovered }: Fixture, thresholds: Thresholds): Watched[] {
  const alone: Record<string, TimelineTask> = { [ONLY]: { looks: looks ?? [] } };
  return Object.entries(tasks ?? alone).map(([name, task], index) => {
    const taskId = tasks === undefined ? WATCH.taskId : `task-${index}`;
    const found = discovered === undefined ? {} : { discoveredBy: 'prod' };
    return {
      name,
      watch: { ...WATCH, taskId, thresholds, ...found },
      looks: looksOf({ looks: task.looks, always: { ...always, ...task.always } }, taskId, name),
    };
  });
}

interface Tick {
  readonly at: number;
  readonly row: readonly { readonly name: string; readonly watch: Watch; readonly look: TimelineLook }[];
}

/** Looks at several tasks at one time are one tick. A clock may jump, so the order is that of the fixture. */
function ticksOf(tasks: readonly Watched[]): Tick[] {
  const all = tasks.flatMap(({ name, watch, looks }) => looks.map((look) => ({ name, watch, look })));
  if (tasks.length === 1) return all.map((one) => ({ at: one.look.at, row: [one] }));
  const byTime = Map.groupBy(all, ({ look }) => look.at);
  return [...byTime].map(([at, row]) => ({ at, row })).toSorted((a, b) => a.at - b.at);
}

/** The tasks of a tick that are looked at when they are discovered in the list. */
function due(row: Tick['row'], past: number, store: Store, now: Date): Tick['row'] {
  const listed = row.flatMap(({ look: { listed } }) =>
    listed.kind === 'known' && listed.value !== 'absent' ? [listed.value] : [],
  );
  const before = store.find(DISCOVERY);
  const nameOf = (taskId: string) => row.find(({ watch }) => watch.taskId === taskId)?.name;
  const stateOf = (taskId: string) => store.find(nameOf(taskId) ?? '')?.state;
  const all = [...pastTasks(past), ...listed];
  const isDue = (task: TaskState) => !isDormant(task, now);
  const found = discover(all, {
    pattern: patternFingerprint(undefined),
    baseline: before?.state.baseline,
    stateOf,
    isDue,
  });
  if (found.baseline !== before?.state.baseline) {
    store.save(DISCOVERY, {
      stream: { ...(before ?? newRecord(now)), state: { ...before?.state, baseline: found.baseline } },
      events: [],
    });
  }
  const ids = new Set(found.look.map(({ taskId }) => taskId));
  return row.filter(({ watch }) => ids.has(watch.taskId));
}

const ENDINGS = ['SUCCESS', 'TERMINATED', 'FAILED', 'RELEASED', 'MIGRATION_FAILED'];

function pastTasks(count: number): ListedTask[] {
  return Array.from({ length: count }, (_, n) => ({
    taskId: `past-${n}`,
    status: ENDINGS[n % ENDINGS.length] ?? 'SUCCESS',
  }));
}

/** The results of the other calls of one tick: a call that worked for one task counts as working. */
function outcomesOf(calls: readonly Enrichment[]) {
  const list = outcomeOf(calls.map(({ listed }) => listed));
  const stats = outcomeOf(calls.map((one) => one.stats));
  const logs = outcomeOf(calls.map((one) => one.logs));
  return { ...(list && { list }), ...(stats && { stats }), ...(logs && { logs }) };
}

function outcomeOf(answers: readonly (CallResult<unknown> | undefined)[]): CallOutcome | undefined {
  if (answers.some((answer) => answer?.kind === 'known')) return { kind: 'known' };
  const denied = answers.find((answer) => answer?.kind === 'denied');
  if (denied?.kind === 'denied') return { kind: 'denied', detail: denied.detail };
  const failed = answers.find((answer) => answer?.kind === 'failed');
  return failed?.kind === 'failed'
    ? { kind: 'failed', reason: failed.reason, detail: failed.detail }
    : undefined;
}
