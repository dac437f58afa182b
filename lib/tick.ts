import { randomUUID } from 'node:crypto';
import { eachAtMost } from './concurrency.ts';
import { type ChannelBook, openChannelBook, speakerOf } from './delivery/channel-book.ts';
import { buryDead, logDead } from './delivery/dead-letters.ts';
import { type DeliverInput, type DeliverSummary, deliver, owedBy } from './delivery/deliver.ts';
import { leaseFor, mayDeliver } from './delivery/lease.ts';
import { dueChannels, owe } from './delivery/outbox.ts';
import { reasonOf } from './errors.ts';
import type { TickReport } from './log.ts';
import type { MigrationEvent } from './migration/event.ts';
import type { Look, LookResult } from './migration/observation.ts';
import { type Noticed, observe, type Watch } from './migration/observe.ts';
import {
  isResting,
  judgeProject,
  observeProject,
  restAfter,
  type WatchedProject,
} from './migration/project.ts';
import { newRecord, type WatchRecord } from './migration/record.ts';
import { loadProjectRecords, type ProjectRecords, projectRecordId, taskRecordId } from './records.ts';

/** A project of the configuration, ready to be looked at. */
export interface TickProject extends WatchedProject {
  readonly watches: readonly Watch[];
  /** Tells access keys apart without showing them. */
  readonly keyFingerprint: string;
  /** Makes one look; begins no request that could end after `until` (milliseconds since the epoch). Never throws. */
  look(taskId: string, until: number): Promise<Look>;
}

export interface TickInput extends Omit<DeliverInput, 'owner' | 'book'> {
  readonly projects: readonly TickProject[];
}

/** What belongs to one run of the tick, and what it has done so far. */
interface Run extends Omit<DeliverInput, 'book'> {
  readonly lookUntil: number;
  readonly done: Done;
}

type Done = Record<'changed' | 'events' | 'dead' | 'looks' | 'failedLooks' | 'failedRecords', number>;

/** What one look said, kept until all looks of its project are done. What it saw is saved by then: thousands add up. */
interface Result {
  readonly watch: Watch;
  readonly look: LookResult;
}
const SEEN: LookResult = { kind: 'seen' };

/** Looks in flight at a time per project. The requests towards one endpoint are paced by the client. */
const LOOKS_AT_ONCE = 32;
/** The part of a run that looking may use up: what is seen must also be told. */
const LOOKING_SHARE = 0.75;

/**
 * The main job: read what is known, look at every task, save what changed together with what is owed for it, deliver
 * what is due. One broken task, answer or channel never stops the others.
 *
 * @throws {StoreError} when the store cannot be read: nothing useful can be done without it
 */
export async function tick({ projects, ...input }: TickInput): Promise<TickReport> {
  const startedAt = input.clock.now();
  const lookUntil = startedAt + (input.endsAt - startedAt) * LOOKING_SHARE;
  const done: Done = { changed: 0, events: 0, dead: 0, looks: 0, failedLooks: 0, failedRecords: 0 };
  const run: Run = { ...input, owner: randomUUID(), lookUntil, done };

  const byProject = await read(projects, run);
  await Promise.all(
    [...byProject].flatMap(([records, group]) =>
      group.map((project) => lookAtProject(project, records, run)),
    ),
  );
  const told = await deliverAll(byProject, run);

  const now = input.clock.now();
  const report: TickReport = {
    tasks: projects.reduce((sum, { watches }) => sum + watches.length, 0),
    changed: done.changed,
    events: done.events,
    delivered: told.delivered,
    pending: told.pending,
    dead: done.dead + told.dead,
    failedLooks: done.failedLooks,
    ms: now - startedAt,
    looks: done.looks,
    failedRecords: done.failedRecords + told.failedRecords,
    pendingAgeMs: Math.max(0, now - (told.pendingSince ?? now)),
    brokenChannels: told.brokenChannels,
  };
  input.log({ kind: 'tick', ...report });
  return report;
}

/** Reading comes before looking: a run that stalls after its look must lose, or it tells a past that is over. */
async function read(
  projects: readonly TickProject[],
  { store, log, done }: Run,
): Promise<Map<ProjectRecords, TickProject[]>> {
  const byId = Map.groupBy(projects, ({ id }) => id);
  const read = await Promise.all(
    [...byId].map(async ([id, group]) => [await loadProjectRecords(store, id), group] as const),
  );
  for (const [{ newer, unreadable }, [project]] of read) {
    const where = `project ${project?.name}`;
    if (newer.size > 0) {
      done.failedRecords += newer.size;
      const message = `${where}: ${newer.size} record(s) were written by a newer version and are left alone, their tasks are not watched; deploy the newest version (first: ${[...newer][0]})`;
      log({ kind: 'problem', message });
    }
    for (const id of unreadable) {
      const message = `${where}: the record ${id} is unreadable; it is kept aside and the task gets a new baseline`;
      log({ kind: 'problem', message });
    }
  }
  return new Map(read);
}

/** Looks at all tasks of a project. What is seen is saved at once; failures are judged when all looks are done. */
async function lookAtProject(project: TickProject, records: ProjectRecords, run: Run): Promise<void> {
  const { clock, random } = run;
  const known = records.find(projectRecordId(project.name));
  const resting = isResting(known?.rest, project.keyFingerprint, new Date(clock.now()));
  const watches = project.watches.filter(({ taskId }) => !records.newer.has(taskRecordId(taskId)));
  const results: Result[] = [];

  await eachAtMost(LOOKS_AT_ONCE, rotated(watches, random()), async (watch) => {
    const look: Look = resting
      ? { kind: 'skipped', why: 'resting' }
      : await project.look(watch.taskId, run.lookUntil);
    results.push({ watch, look: look.kind === 'seen' ? SEEN : look });
    if (look.kind === 'seen' || look.kind === 'missing') await noteLook(watch, look, records, run);
  });
  report(project, results, records, run);
  await judge(project, results, records, run);
}

/** Begins somewhere else each time, so that the same tasks are not always the ones for which the time is too short. */
function rotated<T>(items: readonly T[], random: number): T[] {
  const start = Math.floor(items.length * random);
  return [...items.slice(start), ...items.slice(0, start)];
}

async function noteLook(
  watch: Watch,
  look: Exclude<Look, { kind: 'skipped' }>,
  records: ProjectRecords,
  run: Run,
): Promise<void> {
  const id = taskRecordId(watch.taskId);
  const noticed = observe(records.find(id), look, watch, new Date(run.clock.now()));
  if (noticed !== undefined) await save(id, noticed, records, run);
}

/** A failure that hits all tasks of a project is the project's; any other is its task's. */
async function judge(
  project: TickProject,
  results: readonly Result[],
  records: ProjectRecords,
  run: Run,
): Promise<void> {
  const looks = results.map(({ look }) => look);
  const verdict = judgeProject(looks);
  const id = projectRecordId(project.name);
  const before = records.find(id);
  const now = new Date(run.clock.now());

  const noticed = observeProject(before, verdict, project, now);
  const rest = restAfter(before?.rest, looks, project.keyFingerprint, now);
  if (noticed !== undefined || !sameRest(rest, before?.rest)) {
    const { rest: _before, ...record } = noticed?.record ?? before ?? newRecord(now);
    const rested = rest === undefined ? record : { ...record, rest };
    await save(id, { record: rested, events: noticed?.events ?? [] }, records, run);
  }
  if (verdict.kind === 'failing') return;
  for (const { watch, look } of results) {
    if (look.kind === 'failed') await noteLook(watch, look, records, run);
  }
}

function sameRest(a: WatchRecord['rest'], b: WatchRecord['rest']): boolean {
  return a?.until === b?.until && a?.keyFingerprint === b?.keyFingerprint && a?.refusals === b?.refusals;
}

/**
 * Saves what was noticed together with what is owed for it, and takes the lease for telling it, all in one write. On a
 * conflict somebody newer was here, and what was seen is dropped.
 */
async function save(
  id: string,
  { record, events }: Noticed,
  records: ProjectRecords,
  run: Run,
): Promise<void> {
  const { store, log, owner, endsAt, channels, clock, done } = run;
  const now = new Date(clock.now());
  const owed = owe(record, events, (event) => routes(event, run), now);
  const toTell = dueChannels(owed.record, now).some((name) => channels.has(name));
  const mine = toTell && mayDeliver(owed.record, owner, now.getTime());
  const leased = mine ? { ...owed.record, lease: leaseFor(owner, endsAt) } : owed.record;
  try {
    await buryDead(store, records.held(id, now).key, owed.dead, now);
    if (!(await records.save(id, leased))) return;
  } catch (error) {
    log({
      kind: 'problem',
      message: `record ${id}: not saved, the next tick looks again: ${reasonOf(error)}`,
    });
    done.failedRecords += 1;
    return;
  }
  done.events += events.length;
  done.changed += events.filter(({ type }) => isChange(type)).length;
  done.dead += owed.dead.length;
  for (const event of events) log({ kind: 'event', event });
  logDead(owed.dead, log);
}

function routes(event: MigrationEvent, { channels }: Run): string[] {
  return [...channels.values()].filter((channel) => channel.wants(event)).map(({ name }) => name);
}

function isChange(type: MigrationEvent['type']): boolean {
  return type === 'dcs.migration.status_changed' || type === 'dcs.migration.gone';
}

function report(project: TickProject, results: readonly Result[], records: ProjectRecords, run: Run): void {
  const { log, done } = run;
  const skipped = results.flatMap(({ look }) => (look.kind === 'skipped' ? [look] : []));
  done.looks += results.length - skipped.length;
  for (const [why, group] of Map.groupBy(skipped, (look) => look.why)) {
    log({ kind: 'looks_skipped', project: project.name, why, count: group.length });
  }
  for (const { watch, look } of results) {
    const failure = failureOf(look, records.find(taskRecordId(watch.taskId)));
    if (failure === undefined) continue;
    done.failedLooks += 1;
    log({ kind: 'look_failed', project: project.name, taskId: watch.taskId, ...failure });
  }
}

/** That a task does not exist is an answer, unless nobody has ever seen it: then looking at it fails. */
function failureOf(look: LookResult, record: WatchRecord | undefined): LookFacts | undefined {
  if (look.kind === 'missing' && record?.standing === undefined) {
    const { kind: _missing, ...facts } = look;
    return { reason: 'not found', ...facts };
  }
  if (look.kind !== 'failed') return undefined;
  const { kind: _failed, restMs: _rest, ...facts } = look;
  return facts;
}

type LookFacts = Omit<Extract<LookResult, { kind: 'failed' }>, 'kind' | 'restMs'>;

/** All looks are saved: tell. What cannot be told because the store fails now is due again in the next tick. */
async function deliverAll(
  byProject: ReadonlyMap<ProjectRecords, readonly TickProject[]>,
  run: Run,
): Promise<DeliverSummary> {
  const records = [...byProject.keys()].flatMap((records) => records.all());
  const book = channelBook(byProject, run);
  const nothing = { delivered: 0, dead: 0, brokenChannels: book?.broken() ?? 0, ...owedBy(records) };
  if (book === undefined) return { ...nothing, failedRecords: 0 };
  try {
    return await deliver(records, { ...run, book });
  } catch (error) {
    const message = `nothing was delivered, it is due again in the next tick: ${reasonOf(error)}`;
    run.log({ kind: 'problem', message });
    return { ...nothing, failedRecords: 1 };
  }
}

/** What is known of the channels stands in the record of one project. */
function channelBook(
  byProject: ReadonlyMap<ProjectRecords, readonly TickProject[]>,
  { store, log, channels, clock }: Run,
): ChannelBook | undefined {
  const project = speakerOf([...byProject.values()].flat());
  const [records] = [...byProject].find(([, group]) => group.some((one) => one === project)) ?? [];
  if (project === undefined || records === undefined) return undefined;
  const held = records.held(projectRecordId(project.name), new Date(clock.now()));
  return openChannelBook({ store, log, channels, held, project });
}
