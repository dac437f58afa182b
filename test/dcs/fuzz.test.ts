import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ConfigError } from '../../lib/config/errors.ts';
import { loadConfig } from '../../lib/config/load.ts';
import { readListPage } from '../../lib/dcs/list-page.ts';
import { readLogPage } from '../../lib/dcs/logs.ts';
import { readAnswer, readError } from '../../lib/dcs/schema.ts';
import { readStats } from '../../lib/dcs/stats.ts';
import { leaseFor } from '../../lib/delivery/lease.ts';
import { owe } from '../../lib/delivery/outbox.ts';
import type { ListedTask } from '../../lib/migration/neighbours.ts';
import { decodeRecord, encodeRecord } from '../../lib/migration/record.ts';
import { SIGNING_SECRET } from '../config/support.ts';
import { course, failed, found, minute, missing, seen } from '../migration/support.ts';
import { CANARY, FUZZ_RUNS, mutated, odd, wild } from '../support/fuzz.ts';
import { SAMPLES } from './samples.ts';

/** Even a million inputs end: a quarter of an hour. */
const TIMEOUT = { timeout: 900_000 };
/** A configuration is read once in a program's life, and takes a hundred times as long as an answer. */
const CONFIG_RUNS = Math.ceil(FUZZ_RUNS / 10);

/** [field of the observation, most characters] */
const BOUNDS: Readonly<Record<string, number>> = {
  status: 64,
  name: 256,
  description: 1024,
  migrationType: 64,
  migrationMethod: 64,
  networkType: 64,
  resumeMode: 64,
  version: 64,
  taskStatus: 64,
  createdAt: 64,
  updatedAt: 64,
  releasedAt: 64,
};
/** An address may be made of a host and a port. */
const INSTANCE_BOUNDS: Readonly<Record<string, number>> = { id: 256, name: 256, address: 1024 };

const REAL_ANSWERS = SAMPLES.map(({ body }) => body.replaceAll('REDACT-ME', CANARY));

/** Where an answer may say anything, for all to see; a secret stands elsewhere. */
const OPEN_INSTANCES = ['source_instance', 'target_instance', 'backup_files', 'backup_record', 'error'];
const OPEN: ReadonlySet<string> = new Set([
  ...['status', 'task_name', 'description', 'migration_type', 'migrate_type', 'migration_method'],
  ...['network_type', 'resume_mode', 'version', 'task_status', 'created_at', 'updated_at', 'released_at'],
  ...['error_code', 'errorCode', 'code', 'error_msg', 'errorMsg', 'message', 'request_id'],
  ...['addrs', 'ip', 'port', 'id', 'name', 'backup_id', 'bucket_name'],
  ...OPEN_INSTANCES,
]);

/** Whether an edit happened to move the secret to where a name or a message stands: then the answer says it openly. */
function isSaidOpenly(body: string): boolean {
  const kept: unknown = JSON.parse(body, function (this: unknown, key, value: unknown) {
    return key === '' || Array.isArray(this) || OPEN.has(key) ? value : undefined;
  });
  return JSON.stringify(kept).includes(CANARY);
}

function assertHoldsNoSecret(result: unknown, body: string): void {
  if (JSON.stringify(result ?? null).includes(CANARY) && !isSaidOpenly(body))
    throw new Error('a secret passed');
}

function assertWithin(bounds: Readonly<Record<string, number>>, fields: object): void {
  for (const [name, value] of Object.entries(fields)) {
    const most = Object.hasOwn(bounds, name) ? bounds[name] : undefined;
    if (most === undefined || typeof value !== 'string') throw new Error(`${name} is not on the list`);
    if (value === '' || [...value].length > most) throw new Error(`${name} is out of bounds`);
    if (!value.isWellFormed() || /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(value)) {
      throw new Error(`${name} is not one well-formed line`);
    }
  }
}

/** A real answer in which values of any type stand anywhere, and a secret beside every instance. */
const oddAnswer = fc
  .record({
    base: fc.constantFrom(...REAL_ANSWERS.filter((body) => body.startsWith('{"'))),
    fields: fc.dictionary(fc.constantFrom(...OPEN), odd(), { maxKeys: 6 }),
    nested: fc.dictionary(fc.constantFrom(...OPEN), odd(), { maxKeys: 4 }),
    at: fc.constantFrom(...OPEN_INSTANCES),
  })
  .map(({ base, fields, nested, at }) =>
    JSON.stringify({
      ...JSON.parse(base),
      ...fields,
      [at]: { ...nested, password: CANARY, auth: { password: CANARY } },
      password: CANARY,
    }),
  );

const answers = fc.oneof(mutated(REAL_ANSWERS), oddAnswer, wild());

describe('an answer of any kind', TIMEOUT, () => {
  it('is an observation within its bounds or unreadable, and passes no secret on', async () => {
    const counts = { observation: 0, unreadable: 0, secrets: 0 };
    await fc.assert(
      fc.property(answers, (body) => {
        const reading = readAnswer(body);
        assertHoldsNoSecret(reading, body);
        counts[reading.kind] += 1;
        if (reading.kind === 'unreadable') return;
        if (body.includes(CANARY)) counts.secrets += 1;
        const { source = {}, target = {}, ...rest } = reading.observation;
        assertWithin(BOUNDS, rest);
        for (const side of [source, target]) assertWithin(INSTANCE_BOUNDS, side);
      }),
      { numRuns: FUZZ_RUNS },
    );
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(FUZZ_RUNS / 50);
  });

  it('is a refusal with a code that looks like one, or none, and passes no secret on', async () => {
    let facts = 0;
    await fc.assert(
      fc.property(answers, (body) => {
        const error = readError(body);
        assertHoldsNoSecret(error, body);
        if (error === undefined) return;
        facts += 1;
        const { code = '0', message = '-', requestId = '-' } = error;
        if (!/^[A-Za-z0-9.]{1,17}$/.test(code)) throw new Error('a code of another shape');
        if (!/^[\w.-]{1,64}$/.test(requestId)) throw new Error('a request id of another shape');
        assertWithin({ message: 16_384 }, { message });
      }),
      { numRuns: FUZZ_RUNS },
    );
    expect(facts).toBeGreaterThan(FUZZ_RUNS / 10);
  });
});

const LISTED_BOUNDS: Readonly<Record<string, number>> = {
  taskId: 256,
  name: 256,
  status: 64,
  migrationType: 64,
  migrationMethod: 64,
  createdAt: 64,
  releasedAt: 64,
  errorMessage: 500,
};
const LINE_BOUNDS: Readonly<Record<string, number>> = { at: 64, level: 64, code: 64, message: 500 };
const FIGURES: ReadonlySet<string> = new Set([
  ...['progressPercent', 'offset', 'sourceKeys', 'targetKeys', 'inputKbps', 'opsPerSecond'],
]);

/** Everything that the neighbouring calls have a word for. */
const NEIGHBOUR_FIELDS = [
  ...[
    'count',
    'migration_tasks',
    'log_num',
    'migration_logs',
    'task_id',
    'task_name',
    'status',
    'migrate_type',
  ],
  ...['migration_type', 'migration_method', 'data_source', 'source_instance_id', 'target_instance_addrs'],
  ...['created_at', 'released_at', 'error_message', 'log_level', 'message', 'log_code', 'keyword'],
  ...['full_migration_progress', 'offset', 'source_dbsize', 'target_ops', 'is_migrating', '__proto__'],
];
function assertListed({ source = {}, target = {}, ...rest }: ListedTask): void {
  if (!rest.taskId) throw new Error('a task without an id');
  assertWithin(LISTED_BOUNDS, rest);
  for (const side of [source, target]) assertWithin(INSTANCE_BOUNDS, side);
}

describe('an answer of a neighbouring call of any kind', TIMEOUT, () => {
  /** A real page or set of figures in which values of any type stand anywhere, and a secret beside each. */
  const bases = SAMPLES.filter(({ name }) => /^(?:list|logs|stats)/.test(name)).map(({ body }) => body);
  const oddFields = fc.dictionary(fc.constantFrom(...NEIGHBOUR_FIELDS), odd(), { maxKeys: 4 });
  const report = fc.constantFrom(
    ...[
      `password=${CANARY}`,
      `AUTH default ${CANARY}`,
      `redis://:${CANARY}@h:1 refused`,
      `requirepass ${CANARY}`,
    ],
  );
  const oddPage = fc
    .record({ base: fc.constantFrom(...bases), fields: oddFields, entry: oddFields, report, at: fc.nat(3) })
    .map(({ base, fields, entry, report: said, at }) => {
      const page: Record<string, unknown> = {
        ...JSON.parse(base),
        ...(at === 0 && fields),
        password: CANARY,
      };
      for (const [name, value] of Object.entries(page)) {
        if (!Array.isArray(value)) continue;
        const secrets = { password: CANARY, error_message: said, message: said, auth: { password: CANARY } };
        page[name] = value.map((one: object) => ({ ...one, ...secrets, ...(at === 1 && entry) }));
      }
      return JSON.stringify(page);
    });
  const pages = fc.oneof(mutated(bases), oddPage, wild());

  it('is a whole page of tasks within their bounds or unreadable, and passes no secret on', async () => {
    const counts = { read: 0, unreadable: 0, secrets: 0 };
    await fc.assert(
      fc.property(pages, (body) => {
        const reading = readListPage(body, []);
        counts[reading.kind] += 1;
        if (JSON.stringify(reading).includes(CANARY)) throw new Error('a secret passed');
        if (reading.kind === 'unreadable') return;
        if (body.includes(CANARY)) counts.secrets += 1;
        if (!Number.isSafeInteger(reading.value.count)) throw new Error('a count that is none');
        reading.value.tasks.forEach(assertListed);
      }),
      { numRuns: FUZZ_RUNS },
    );
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(FUZZ_RUNS / 50);
  });

  it('is a page of errors within their bounds or unreadable, and passes no secret on', async () => {
    const counts = { read: 0, unreadable: 0, lines: 0 };
    await fc.assert(
      fc.property(pages, (body) => {
        const reading = readLogPage(body, []);
        counts[reading.kind] += 1;
        if (JSON.stringify(reading).includes(CANARY)) throw new Error('a secret passed');
        if (reading.kind === 'unreadable') return;
        counts.lines += reading.value.lines.length;
        for (const { keywords, ...line } of reading.value.lines) {
          assertWithin(LINE_BOUNDS, line);
          for (const keyword of keywords) assertWithin({ keyword: 64 }, { keyword });
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(FUZZ_RUNS / 50);
  });

  it('is figures that are numbers from 0 on or unreadable', async () => {
    const counts = { read: 0, unreadable: 0 };
    await fc.assert(
      fc.property(pages, (body) => {
        const reading = readStats(body);
        counts[reading.kind] += 1;
        if (reading.kind === 'unreadable') return;
        const { isMigrating = false, ...numbers } = reading.value;
        if (typeof isMigrating !== 'boolean') throw new Error('neither true nor false');
        for (const [name, value] of Object.entries(numbers)) {
          if (!FIGURES.has(name) || !Number.isFinite(value) || value < 0)
            throw new Error(`${name} is no figure`);
        }
      }),
      { numRuns: FUZZ_RUNS },
    );
    for (const count of Object.values(counts)) expect(count).toBeGreaterThan(FUZZ_RUNS / 50);
  });
});

describe('a stored text of any kind', TIMEOUT, () => {
  const looks = course([seen('FULLMIGRATING'), seen('INCRMIGEATING'), missing, failed()]);
  const owed = owe(found(looks.record), looks.events, () => ['ops', 'cutover'], minute(4));
  const real = { ...owed.record, lease: leaseFor('run-1', minute(5).getTime()) };
  const parts = [...Object.keys(real), 'told', 'rest', 'channels', '__proto__', 'constructor'];
  const oddRecord = fc
    .dictionary(fc.constantFrom(...parts), odd(), { minKeys: 1, maxKeys: 3 })
    .map((some) => JSON.stringify({ ...real, ...some }));
  const texts = fc.oneof(mutated([encodeRecord(real)]), oddRecord, wild());

  it('is a record that can be written and read again, garbage, or of a newer version', async () => {
    const kinds = { record: 0, garbage: 0, newer: 0 };
    await fc.assert(
      fc.property(texts, (body) => {
        const decoded = decodeRecord(body);
        kinds[decoded.kind] += 1;
        if (decoded.kind === 'newer' && !(decoded.version > 1))
          throw new Error('a version that is not newer');
        if (decoded.kind !== 'record') return;
        const again = encodeRecord(decoded.record);
        const reread = decodeRecord(again);
        if (reread.kind !== 'record' || encodeRecord(reread.record) !== again) throw new Error('it changed');
      }),
      { numRuns: FUZZ_RUNS },
    );
    for (const count of Object.values(kinds)) expect(count).toBeGreaterThan(FUZZ_RUNS / 1000);
  });
});

describe('a configuration of any kind', TIMEOUT, () => {
  const file = {
    projects: [
      {
        id: '254d2280acb74d36a8b839746bcd7352',
        region: 'cn-north-4',
        credentials: { accessKey: `ak-${CANARY}`, secretKey: '${SECRET}', securityToken: '${SECRET}' },
        tasks: [
          'a276c1ffa0a54c2597fc824b917db317',
          { id: '8aa6999e7d10a4c2017d5b9e0f3377c5', name: 'orders' },
        ],
        discover: { name: 'orders-*', labels: { cluster: 'orders' } },
      },
    ],
    channels: {
      ops: { type: 'slack', url: `https://hooks.slack.com/services/\${SECRET}`, mention: '<!here>' },
      cutover: {
        type: 'webhook',
        url: `https://ci.example.com/${CANARY}`,
        secret: '${SIGNING_SECRET}',
        headers: { authorization: `Bearer ${CANARY}` },
        when: { events: ['migration.status_changed'], to: ['incremental', 'SUCCESS'] },
      },
    },
    groups: {
      orders: { labels: { cluster: 'orders' } },
      users: { tasks: ['a276c1ffa0a54c2597fc824b917db317'] },
    },
    settings: {
      interval: '60s',
      lookEvery: '10s',
      requestsPerSecond: 10,
      progress: [25, 50],
      cutover: { maxKeyGap: 0.5 },
      forgotten: { incremental: '7d' },
    },
  };
  const ENV = { SECRET: `env-${CANARY}`, SIGNING_SECRET };
  const TEXTS = [JSON.stringify(file), JSON.stringify(file, null, 2), stringify(file)];
  const names = ['projects', 'channels', 'groups', 'settings', 'id', 'region', 'tasks', '<<', '__proto__'];
  const oddFile = fc
    .dictionary(fc.constantFrom(...names), odd(), { minKeys: 1, maxKeys: 3 })
    .map((some) => JSON.stringify({ ...file, ...some }));
  const texts = fc.oneof(mutated(TEXTS), oddFile, wild());

  it.each(TEXTS)('is loaded as long as nobody spoils it', async (text) => {
    expect((await loadConfig({ text, file: 'watch.yml', env: ENV })).projects).toHaveLength(1);
  });

  it('is loaded or refused with a ConfigError, and neither shows a secret', async () => {
    let [loaded, refused] = [0, 0];
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const loading = loadConfig({ text, file: 'watch.yml', env: ENV });
        const shown = await loading.catch((error: unknown) => {
          if (!(error instanceof ConfigError)) throw error;
          refused += 1;
          return error;
        });
        if (!(shown instanceof ConfigError)) loaded += 1;
        if (inspect(shown, { depth: 9, showHidden: true }).includes(CANARY))
          throw new Error('a secret passed');
      }),
      { numRuns: CONFIG_RUNS },
    );
    for (const count of [loaded, refused]) expect(count).toBeGreaterThan(CONFIG_RUNS / 250);
  });
});
