import { randomUUID } from 'node:crypto';
import { defined } from '../../base/defined.ts';
import type { Config, ProjectConfig, TaskConfig } from '../../config/schema/file.ts';
import { fingerprintsOf } from '../../config/state/state-config.ts';
import type { DcsClient } from '../../dcs/client.ts';
import { TIMEOUT_MS } from '../../dcs/timeout.ts';
import type { Stamp } from '../../events/event.ts';
import { plainId } from '../../migration/model/task-id.ts';
import type { Thresholds } from '../../migration/model/thresholds.ts';
import type { GroupCandidate, Watch } from '../../migration/model/watch.ts';
import type { WatchedProject } from '../../migration/project/health.ts';
import type { TickGroup, TickProject } from '../../poll/target.ts';
import type { SourceProject } from '../../status/source.ts';

/** A project in messages. */
export function watchedProject(project: ProjectConfig, config: Config, stamp: Stamp): WatchedProject {
  const { id, name, region, tasks } = project;
  const entries = config.projects.filter((entry) => entry.id === id);
  return defined({
    id,
    name,
    region,
    tasks: tasks.length,
    consoleUrl: linkTo(project),
    stamp,
    isOneOfSeveral: entries.length > 1 || undefined,
  });
}

/** A project for a tick: its tasks, and its calls of DCS. */
export function tickProject(
  project: ProjectConfig,
  config: Config,
  dcs: DcsClient,
  stamp: Stamp,
): TickProject {
  const { id, region, endpoint, credentials, allowInsecure } = project;
  const access = { projectId: id, region, endpoint, credentials, allowInsecure };
  return {
    ...watchedProject(project, config, stamp),
    ...taskEntry(project, config.settings, stamp),
    ...fingerprintsOf(project),
    pace: { requestsPerSecond: config.settings.requestsPerSecond, timeoutMs: TIMEOUT_MS },
    look: (taskId, until) => dcs.look(access, taskId, until),
    list: (until, trust) => dcs.list(access, until, trust),
    stats: (taskId, until) => dcs.stats(access, taskId, until),
    logs: (taskId, until) => dcs.logs(access, taskId, until),
  };
}

/** The part of an entry that its tasks need. */
interface Entry {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly consoleUrl?: string | undefined;
  readonly tasks: readonly TaskConfig[];
  readonly discover?: ProjectConfig['discover'] | undefined;
}

interface TaskSettings {
  readonly thresholds: Thresholds;
}

/** The tasks of a project, including discovered ones, without the calls of DCS. */
export function taskEntry(project: Entry, { thresholds }: TaskSettings, stamp: Stamp): SourceProject {
  const { id, name, region, tasks, discover } = project;
  const watchOf = (taskId: string) => ({
    projectId: id,
    taskId,
    project: name,
    region,
    consoleUrl: linkTo(project, taskId),
    stamp,
    thresholds,
  });
  return defined({
    id,
    name,
    region,
    watches: tasks.map(({ id, name, labels }) => defined<Watch>({ ...watchOf(id), name, labels })),
    discover,
    watchOf: (taskId: string) => ({ ...watchOf(taskId), labels: discover?.labels ?? {}, discoveredBy: name }),
  });
}

interface GroupEntries {
  readonly groups: Config['groups'];
  readonly settings: TaskSettings;
}

/**
 * The groups of the configuration. Task ids are compared without hyphens, because the console and the API write them
 * with and without.
 */
export function tickGroups({ groups, settings }: GroupEntries, stamp: Stamp): TickGroup[] {
  return Object.entries(groups).map(([name, { tasks, labels: own = {} }]) => {
    const ids = new Set(tasks?.map(plainId));
    const wanted = Object.entries(own);
    return defined({
      name,
      thresholds: settings.thresholds,
      stamp,
      size: tasks === undefined ? undefined : ids.size,
      isMember: ({ taskId, labels }: GroupCandidate) =>
        ids.has(plainId(taskId)) ||
        (wanted.length > 0 && wanted.every(([label, text]) => labels[label] === text)),
    });
  });
}

/**
 * A link to the console; empty where the page is unknown, as that of a project when only a task's page is configured.
 */
function linkTo(
  {
    region,
    id,
    consoleUrl = '',
  }: { readonly region: string; readonly id: string; readonly consoleUrl?: string | undefined },
  task?: string,
): string {
  if (task === undefined && consoleUrl.includes('{task}')) return '';
  return fillTemplate(consoleUrl, { region, project: id, task: task ?? '' });
}

function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (all, name: string) =>
    Object.hasOwn(values, name) ? encodeURIComponent(values[name] ?? '') : all,
  );
}

/** The stamp of one run. */
export function newStamp(isDrill = false): Stamp {
  return isDrill ? { nonce: randomUUID(), drill: true } : { nonce: randomUUID() };
}
