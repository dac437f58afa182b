import {
  type EventData,
  type EventTask,
  type EventType,
  type MigrationEvent,
  makeEvent,
  type Standing,
} from './event.ts';
import type { Instance, Look, Observation } from './observation.ts';
import { newRecord, type WatchRecord } from './record.ts';
import {
  canonicalStatus,
  describeChange,
  GONE_STATUS,
  isFinal,
  isWorking,
  meaningOf,
  type Phase,
} from './status.ts';
import { troubleAfterFailure, troubleIsOver, type Voice } from './trouble.ts';

/** A task that the configuration asks us to look at, with what messages say about it. */
export interface Watch {
  readonly projectId: string;
  readonly taskId: string;
  /** The project's name for people. */
  readonly project: string;
  readonly region: string;
  /** The task's name from the configuration; it wins over the service's. */
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Where a person can look the task up. */
  readonly consoleUrl: string;
}

/** What a look changed: the record to write, and the events that belong to the same write. */
export interface Noticed {
  readonly record: WatchRecord;
  readonly events: readonly MigrationEvent[];
}

type LookWithAnswer = Exclude<Look, { kind: 'skipped' }>;

/** A task is believed to be gone when this many looks in a row say so: one could be a glitch. */
const MISSING_LOOKS_UNTIL_GONE = 2;
/** Enough to see a whole migration with some restarts, and bounded. */
const TIMELINE_LENGTH = 50;

/**
 * Compares what one look saw with what is known. Pure: the same record, look and time give the same events with the
 * same ids.
 *
 * @returns what to write, or nothing when the look changed nothing.
 */
export function observe(
  record: WatchRecord | undefined,
  look: LookWithAnswer,
  watch: Watch,
  now: Date,
): Noticed | undefined {
  switch (look.kind) {
    case 'failed':
      return troubleAfterFailure(record ?? newRecord(now), look, taskVoice(watch, record?.observation), now);
    case 'missing':
      return record?.standing === undefined
        ? neverSeen(record ?? newRecord(now), look.detail, watch, now)
        : noLongerFound({ ...record, standing: record.standing }, watch, now);
    case 'seen':
      return seen(record ?? newRecord(now), look.observation, watch, now);
  }
}

/** Nobody has ever seen this task: most likely the id is mistyped, so say that looking fails. */
function neverSeen(record: WatchRecord, detail: string, watch: Watch, now: Date): Noticed | undefined {
  const failure = { reason: 'not found', detail: `${detail} Check the task id and its project.` } as const;
  return troubleAfterFailure(record, failure, taskVoice(watch, undefined), now);
}

function noLongerFound(
  record: WatchRecord & { readonly standing: Standing },
  watch: Watch,
  now: Date,
): Noticed | undefined {
  if (record.standing.phase === 'gone') return stillGone(record, watch, now);
  const { trouble, missing = 0, ...known } = record;
  if (missing + 1 < MISSING_LOOKS_UNTIL_GONE) {
    const stillTold = trouble?.told ? { trouble } : {};
    return { record: { ...known, ...stillTold, missing: missing + 1 }, events: [] };
  }

  const to: Standing = { status: GONE_STATUS, phase: 'gone', since: now.toISOString() };
  const task = taskOf(watch, record.observation);
  const ended = isFinal(record.standing.phase);
  const event = speak(record, taskVoice(watch, record.observation), now, 'dcs.migration.gone', {
    task,
    from: record.standing,
    to,
    severity: ended ? 'info' : 'action',
    summary: ended
      ? `${task.name}: the task was deleted after it had ended (last status ${record.standing.status})`
      : `${task.name}: the task no longer exists (last status ${record.standing.status})`,
    consoleUrl: watch.consoleUrl,
  });
  return { record: { ...moved(known, to), sequence: record.sequence + 1 }, events: [event] };
}

/** That a gone task is still gone is no news, but it is an answer: looks do not fail any more. */
function stillGone(record: WatchRecord, watch: Watch, now: Date): Noticed | undefined {
  if (record.trouble === undefined) return undefined;
  return troubleIsOver(record, taskVoice(watch, record.observation), now);
}

function seen(record: WatchRecord, observation: Observation, watch: Watch, now: Date): Noticed | undefined {
  const { phase } = meaningOf(observation);
  const quiet = record.trouble === undefined && record.missing === undefined;
  if (record.standing !== undefined && quiet && sameStanding(record.standing, observation, phase))
    return undefined;

  const recovered = troubleIsOver(record, taskVoice(watch, observation), now);
  const { missing: _found, ...base } = recovered.record;
  const change = base.standing === undefined ? firstSight : statusChange;
  const changed = change({ ...base, observation }, observation, phase, watch, now);
  return { record: changed.record, events: [...recovered.events, ...changed.events] };
}

/** Two spellings of one status are no change; the same status in another phase (an IP switch) is one. */
function sameStanding(standing: Standing, observation: Observation, phase: Phase): boolean {
  return canonicalStatus(standing.status) === canonicalStatus(observation.status) && standing.phase === phase;
}

function firstSight(
  record: WatchRecord,
  observation: Observation,
  phase: Phase,
  watch: Watch,
  now: Date,
): Noticed {
  const to: Standing = { status: observation.status, phase, since: now.toISOString() };
  const task = taskOf(watch, observation);
  const event = speak(record, taskVoice(watch, observation), now, 'dcs.migration.first_seen', {
    task,
    to,
    severity: 'info',
    summary: `${task.name}: now watched, status ${observation.status} (${phase})`,
    consoleUrl: watch.consoleUrl,
  });
  return { record: { ...moved(record, to), sequence: record.sequence + 1 }, events: [event] };
}

function statusChange(
  record: WatchRecord,
  observation: Observation,
  phase: Phase,
  watch: Watch,
  now: Date,
): Noticed {
  const from = record.standing;
  if (from === undefined || sameStanding(from, observation, phase)) return { record, events: [] };

  const to: Standing = { status: observation.status, phase, since: now.toISOString() };
  const task = taskOf(watch, observation);
  const before = { phase: from.phase, workingPhase: lastWorkingPhase(record) };
  const { severity, words } = describeChange(before, observation);
  const event = speak(record, taskVoice(watch, observation), now, 'dcs.migration.status_changed', {
    task,
    from,
    to,
    severity,
    summary: `${task.name}: ${words}`,
    consoleUrl: watch.consoleUrl,
  });
  return { record: { ...moved(record, to), sequence: record.sequence + 1 }, events: [event] };
}

/** What the present run of the task worked at last. A run ends in a final phase; what was before is another one. */
function lastWorkingPhase({ timeline, standing }: WatchRecord): Phase | undefined {
  const all = standing === undefined ? timeline : [...timeline, standing];
  const last = all.findLast(({ phase }) => isWorking(phase) || isFinal(phase));
  return last !== undefined && isWorking(last.phase) ? last.phase : undefined;
}

function moved(record: WatchRecord, to: Standing): WatchRecord {
  const timeline = record.standing === undefined ? record.timeline : [...record.timeline, record.standing];
  return { ...record, standing: to, timeline: timeline.slice(-TIMELINE_LENGTH) };
}

function taskVoice(watch: Watch, observation: Observation | undefined): Voice {
  const task = taskOf(watch, observation);
  return {
    origin: { projectId: watch.projectId, region: watch.region, subject: watch.taskId },
    about: { task },
    name: task.name,
    consoleUrl: watch.consoleUrl,
  };
}

function speak(
  record: WatchRecord,
  voice: Voice,
  now: Date,
  type: EventType,
  data: EventData,
): MigrationEvent {
  return makeEvent({ ...voice.origin, born: record.born }, record.sequence + 1, now, type, data);
}

/** The task as events show it: our own name for it first, else the service's, else its id. */
function taskOf(watch: Watch, observation: Observation | undefined): EventTask {
  const { migrationType, migrationMethod, source, target } = observation ?? {};
  return {
    id: watch.taskId,
    name: watch.name ?? observation?.name ?? watch.taskId,
    projectId: watch.projectId,
    project: watch.project,
    region: watch.region,
    ...(migrationType !== undefined && { migrationType }),
    ...(migrationMethod !== undefined && { migrationMethod }),
    ...(source !== undefined && { source: place(source) }),
    ...(target !== undefined && { target: place(target) }),
    labels: watch.labels,
  };
}

function place({ name, address }: Instance): { name?: string; address?: string } {
  return { ...(name !== undefined && { name }), ...(address !== undefined && { address }) };
}
