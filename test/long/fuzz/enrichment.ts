import * as fc from 'fast-check';
import { readListPage } from '../../../lib/dcs/calls/list-page.ts';
import { readLogPage } from '../../../lib/dcs/calls/logs.ts';
import { readStats } from '../../../lib/dcs/calls/stats.ts';
import type { ListedTask } from '../../../lib/migration/model/enrichment.ts';
import { SAMPLES } from '../../dcs/samples.ts';
import { CANARY, mutated, odd, wild } from '../../support/fuzz.ts';
import type { Border } from './border.ts';
import { assertWithin, INSTANCE_BOUNDS } from './texts.ts';

/** Everything that the calls of the enrichment have a word for, and some that they have not. */
const FIELDS = [
  ...['count', 'migration_tasks', 'log_num', 'migration_logs', 'task_id', 'task_name', 'status'],
  ...['migrate_type', 'migration_type', 'migration_method', 'data_source', 'source_instance_id'],
  ...['target_instance_addrs', 'created_at', 'released_at', 'error_message', 'log_level', 'message'],
  ...['log_code', 'keyword', 'full_migration_progress', 'offset', 'source_dbsize', 'target_ops'],
  ...['is_migrating', '__proto__'],
];
/** How the reports of the service show a password. */
const REPORTS = [
  `password=${CANARY}`,
  `AUTH default ${CANARY}`,
  `redis://:${CANARY}@h:1 refused`,
  `requirepass ${CANARY}`,
];

const oddFields = fc.dictionary(fc.constantFrom(...FIELDS), odd(), { maxKeys: 4 });

/** Answers to a call: real ones that somebody spoiled or put anything into, with a secret beside each entry, and others. */
function answersTo(call: 'list' | 'logs' | 'stats'): fc.Arbitrary<string> {
  const bases = SAMPLES.filter(({ name }) => name.startsWith(call)).map(({ body }) => body);
  const report = fc.constantFrom(...REPORTS);
  const oddPage = fc
    .record({ base: fc.constantFrom(...bases), fields: oddFields, entry: oddFields, report, at: fc.nat(3) })
    .map(({ base, fields, entry, report, at }) => {
      const page: Record<string, unknown> = {
        ...JSON.parse(base),
        ...(at === 0 && fields),
        password: CANARY,
      };
      const secrets = {
        password: CANARY,
        error_message: report,
        message: report,
        auth: { password: CANARY },
      };
      for (const [name, value] of Object.entries(page)) {
        if (!Array.isArray(value)) continue;
        page[name] = value.map((one: object) => ({ ...one, ...secrets, ...(at === 1 && entry) }));
      }
      return JSON.stringify(page);
    });
  return fc.oneof(mutated(bases), oddPage, wild());
}

function assertHoldsNoSecret(reading: unknown): void {
  if (JSON.stringify(reading).includes(CANARY)) throw new Error('a secret passed');
}

const LISTED_BOUNDS = {
  ...{ taskId: 256, name: 256, status: 64, migrationType: 64, migrationMethod: 64 },
  ...{ createdAt: 64, releasedAt: 64, migrationIp: 64, errorMessage: 500 },
};

function assertListed({ source = {}, target = {}, ...rest }: ListedTask): void {
  if (!rest.taskId) throw new Error('a task without an id');
  assertWithin(LISTED_BOUNDS, rest);
  for (const side of [source, target]) assertWithin(INSTANCE_BOUNDS, side);
}

/** A whole page of tasks within their bounds, or unreadable. */
export const LIST: Border<string, ReturnType<typeof readListPage>> = {
  name: 'list of tasks',
  inputs: answersTo('list'),
  read: (body) => readListPage(body, []),
  classify(reading, body) {
    assertHoldsNoSecret(reading);
    if (reading.kind === 'unreadable') return 'unreadable';
    if (!Number.isSafeInteger(reading.value.count ?? 0)) throw new Error('a count that is none');
    reading.value.tasks.forEach(assertListed);
    return body.includes(CANARY) ? 'read beside a secret' : 'read';
  },
  kinds: { unreadable: 0.1, read: 0.002, 'read beside a secret': 0.1 },
};

const LINE_BOUNDS = { at: 64, level: 64, code: 64, message: 500 };

/** A page of errors within their bounds, or unreadable. */
export const LOGS: Border<string, ReturnType<typeof readLogPage>> = {
  name: 'log of a task',
  inputs: answersTo('logs'),
  read: (body) => readLogPage(body, []),
  classify(reading) {
    assertHoldsNoSecret(reading);
    if (reading.kind === 'unreadable') return 'unreadable';
    for (const { keywords, ...line } of reading.value.lines) {
      assertWithin(LINE_BOUNDS, line);
      for (const keyword of keywords) assertWithin({ keyword: 64 }, { keyword });
    }
    return reading.value.lines.length === 0 ? 'no errors' : 'errors';
  },
  kinds: { unreadable: 0.1, 'no errors': 0.002, errors: 0.1 },
};

const FIGURES: ReadonlySet<string> = new Set([
  ...['progressPercent', 'offset', 'sourceKeys', 'targetKeys', 'inputKbps', 'opsPerSecond'],
]);

/** Figures that are numbers from 0 on, or unreadable. */
export const STATS: Border<string, ReturnType<typeof readStats>> = {
  name: 'figures of a task',
  inputs: answersTo('stats'),
  read: readStats,
  classify(reading) {
    if (reading.kind === 'unreadable') return 'unreadable';
    const { isMigrating = false, ...numbers } = reading.value;
    if (typeof isMigrating !== 'boolean') throw new Error('neither true nor false');
    for (const [name, value] of Object.entries(numbers)) {
      if (!FIGURES.has(name) || !Number.isFinite(value) || value < 0) throw new Error(`${name} is no figure`);
    }
    return Object.keys(numbers).length === 0 ? 'no figure' : 'figures';
  },
  kinds: { unreadable: 0.1, figures: 0.1 },
};
