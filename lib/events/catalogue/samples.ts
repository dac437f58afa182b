/** Events of every type as their description allows them, for what must be tried before anything has happened. */
import * as z from 'zod/mini';
import type { EventType, MigrationEvent } from '../event.ts';
import { EVENT_KINDS } from '../kinds.ts';
import type { Severity } from '../phase.ts';
import { describedEvent } from './described.ts';
import { anyEvent, bare } from './fields.ts';

/** `least`: without any optional field; `most`: with each of them. */
const AMOUNTS = ['least', 'most'] as const;

interface Making {
  readonly amount: (typeof AMOUNTS)[number];
  readonly severity: Severity;
  /** The one that is there of fields that exclude each other. */
  readonly subject: string | undefined;
  readonly excluded: readonly string[];
}

/**
 * Events of one type: for each severity and each kind of subject that it may have, one with as few fields and one with as
 * many fields as there can be.
 */
export function samplesOf(type: EventType): readonly MigrationEvent[] {
  const { severities, eitherOf = [] } = EVENT_KINDS[type];
  const subjects = eitherOf.length === 0 ? [undefined] : eitherOf;
  return severities.flatMap((severity) =>
    subjects.flatMap((subject) => {
      const excluded = eitherOf.filter((field) => field !== subject);
      return AMOUNTS.map((amount) => sampleOf(type, { amount, severity, subject, excluded }));
    }),
  );
}

function sampleOf(type: EventType, making: Making): MigrationEvent {
  return anyEvent.parse(fieldsOf(describedEvent(type).event, [], making));
}

function fieldsOf(object: z.ZodMiniObject, path: readonly string[], making: Making): Record<string, unknown> {
  const shape: Readonly<Record<string, z.core.$ZodType>> = object.shape;
  const present = Object.entries(shape).filter(([name, type]) => isThere(name, type, path, making));
  return Object.fromEntries(present.map(([name, type]) => [name, valueAt(type, [...path, name], making)]));
}

function isThere(name: string, type: z.core.$ZodType, path: readonly string[], making: Making): boolean {
  const isOfData = path.length === 1 && path[0] === 'data';
  if (isOfData && making.excluded.includes(name)) return false;
  if (isOfData && making.subject === name) return true;
  return making.amount === 'most' || !(type instanceof z.ZodMiniExactOptional);
}

function valueAt(described: z.core.$ZodType, path: readonly string[], making: Making): unknown {
  const type = bare(described);
  if (type instanceof z.ZodMiniObject) return fieldsOf(type, path, making);
  if (type instanceof z.ZodMiniArray) return [valueAt(type.def.element, path, making)];
  if (type instanceof z.ZodMiniRecord) return making.amount === 'most' ? { team: 'orders' } : {};
  if (type instanceof z.ZodMiniEnum)
    return type.safeParse(making.severity).success ? making.severity : type.options[0];
  if (type instanceof z.ZodMiniLiteral) return type.def.values[0];
  if (type instanceof z.ZodMiniBoolean) return true;
  if (type instanceof z.ZodMiniNumber) return NUMBERS[path.at(-1) ?? ''] ?? 1;
  return textAt(path);
}

function textAt(path: readonly string[]): string {
  const [name = '', inside = ''] = path.toReversed();
  return TEXTS[`${inside}.${name}`] ?? TEXTS[name] ?? `the ${name}`;
}

const ID = 'evt_5f0c1d6f9a4b7e2d8c3a1b0e';
const TASK_ID = '91d4c7aa6b3f4e18a2c507f9e4b8d613';
const PROJECT_ID = '254d2280acb74d36a8b839746bcd7352';
const TIME = '2026-01-05T02:12:00.000Z';

const NUMBERS: Readonly<Record<string, number>> = {
  percent: 50.4,
  mark: 50,
  offset: 120,
  maxOffset: 1000,
  sourceKeys: 1_000_000,
  targetKeys: 999_520,
  number: 3,
  seconds: 7200,
  size: 3,
};

/** Texts by the name of their field, where needed with that of the field around it. */
const TEXTS: Readonly<Record<string, string>> = {
  id: ID,
  renews: ID,
  retracts: ID,
  'task.id': TASK_ID,
  'members.id': TASK_ID,
  'project.id': PROJECT_ID,
  projectId: PROJECT_ID,
  project: 'prod',
  projects: 'prod',
  subject: TASK_ID,
  source: `/huaweicloud/dcs/cn-north-4/${PROJECT_ID}/migration-tasks/${TASK_ID}`,
  'advice.source': 'https://support.huaweicloud.com/intl/en-us/usermanual-dcs/',
  name: 'orders-cache',
  'project.name': 'prod',
  'group.name': 'orders',
  'channel.name': 'cutover',
  'channels.name': 'cutover',
  'source.name': 'orders-old',
  'target.name': 'orders-new',
  'source.address': '192.168.1.2:6379',
  'target.address': '192.168.1.31:6379',
  region: 'cn-north-4',
  migrationType: 'online_migration',
  migrationMethod: 'incremental_migration',
  status: 'INCRMIGEATING',
  summary: 'orders-cache: full synchronisation finished, incremental replication started',
  consoleUrl: 'https://console.huaweicloud.com/dcs/?region=cn-north-4',
  sequence: '1767579120',
  time: TIME,
  expirytime: TIME,
  validUntil: TIME,
  since: TIME,
  after: TIME,
  before: TIME,
  watchedSince: TIME,
  at: TIME,
  'log.at': '2026/01/05 02:11:58',
  'told.type': 'dcs.migration.first_seen',
};
