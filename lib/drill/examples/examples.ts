/** Events of every type as a migration makes them, in the setting where a filter wants them. */
import type { Filter } from '../../channels/filter.ts';
import {
  type EventFacts,
  type EventOrigin,
  type EventTask,
  type EventType,
  type MigrationEvent,
  makeEvent,
  nextSequence,
  type Stamp,
} from '../../events/event.ts';
import {
  groupSource,
  projectSource,
  taskSource,
  WATCHER_SOURCE,
  WATCHER_SUBJECT,
} from '../../events/source.ts';
import { en } from '../../language/en.ts';
import type { Ago } from './example.ts';
import { GROUP_EXAMPLES, WATCH_EXAMPLES } from './others.ts';
import { TASK_EXAMPLES } from './tasks.ts';

/** Where and when examples happen. */
export interface Setting {
  readonly now: Date;
  readonly stamp: Stamp;
  /** A project of the configuration, by the name that people know. */
  readonly project: string;
  /** The region of that project. */
  readonly region: string;
  /** A group of the configuration. */
  readonly group: string;
  /** The name of the task. */
  readonly task: string;
}

const TASK_ID = '00000000000000000000000000000000';
const PROJECT_ID = '11111111111111111111111111111111';

/** The subject of an event. */
interface Subject {
  readonly origin: EventOrigin;
  readonly concerns: Parameters<typeof en.values.subject>[0];
}

/** An event's subject and data. */
interface EventParts extends Subject {
  readonly facts: EventFacts;
}

/**
 * Examples of one type, the usual case first. They are about a task, group or project that a filter for places asks for,
 * so that only its other parts decide.
 */
export function examplesOf(type: EventType, when: Filter | undefined, setting: Setting): MigrationEvent[] {
  const placed = placedFor(when, setting);
  const ago: Ago = (minutes) => new Date(setting.now.getTime() - minutes * 60_000).toISOString();
  return partsOf(type, { ...placed, labels: when?.labels ?? {} }, ago).map((parts) =>
    eventOf(type, parts, setting),
  );
}

function placedFor(when: Filter | undefined, setting: Setting): Setting {
  const [project = setting.project] = when?.projects ?? [];
  const [group = setting.group] = when?.groups ?? [];
  return { ...setting, project, group };
}

interface ExampleSetting extends Setting {
  readonly labels: Readonly<Record<string, string>>;
}

function partsOf(type: EventType, setting: ExampleSetting, ago: Ago): EventParts[] {
  if (isOf(TASK_EXAMPLES, type))
    return TASK_EXAMPLES[type].map((facts) => ({ ...ofTask(setting), facts: facts(ago) }));
  if (isOf(GROUP_EXAMPLES, type)) {
    return GROUP_EXAMPLES[type].map(({ facts, group }) => ({
      origin: { source: groupSource(setting.group), subject: setting.group },
      concerns: { group: group({ name: setting.group, project: setting.project }, ago(4)) },
      facts: facts(ago),
    }));
  }
  if (!isOf(WATCH_EXAMPLES, type)) return [];
  const subjects = { task: ofTask(setting), project: ofProject(setting), watcher: OF_WATCHER };
  return WATCH_EXAMPLES[type].map(({ about, facts }) => ({ ...subjects[about], facts: facts(ago) }));
}

function isOf<T extends object>(examples: T, type: string): type is keyof T & string {
  return Object.hasOwn(examples, type);
}

const OF_WATCHER: Subject = {
  origin: { source: WATCHER_SOURCE, subject: WATCHER_SUBJECT },
  concerns: {},
};

function ofTask({ region, project, task: name, labels }: ExampleSetting): Subject {
  const task: EventTask = {
    id: TASK_ID,
    name,
    projectId: PROJECT_ID,
    project,
    region,
    migrationType: 'online_migration',
    migrationMethod: 'incremental_migration',
    source: { name: 'orders-old', address: '192.168.1.2:6379' },
    target: { name: 'orders-new', address: '192.168.1.31:6379' },
    labels,
  };
  return {
    origin: { source: taskSource(region, PROJECT_ID, TASK_ID), subject: TASK_ID },
    concerns: { task },
  };
}

function ofProject({ region, project: name }: ExampleSetting): Subject {
  return {
    origin: { source: projectSource(region, PROJECT_ID), subject: PROJECT_ID },
    concerns: { project: { id: PROJECT_ID, name, region, tasks: 12 } },
  };
}

function eventOf(
  type: EventType,
  { origin, concerns, facts }: EventParts,
  { now, stamp }: Setting,
): MigrationEvent {
  const said = en.summarise(type, { ...concerns, ...facts }) ?? type;
  const name = en.values.subject(concerns);
  const summary = name === undefined ? said : `${name}: ${said}`;
  const data = { ...concerns, ...facts, number: 1, summary };
  return makeEvent({ origin, stamp, sequence: nextSequence(0, now), now, type, data });
}
