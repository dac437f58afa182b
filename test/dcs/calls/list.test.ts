import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWholeList } from '../../../lib/dcs/calls/list.ts';
import { type ListPage, readListPage } from '../../../lib/dcs/calls/list-page.ts';
import type { CallResult, ListedTask } from '../../../lib/migration/model/enrichment.ts';
import { realisticAnswer } from '../../../lib/simulator/answers.ts';
import { openStage } from '../stage.ts';

const PAGE = 1000;

function idsOf(answer: CallResult<readonly ListedTask[]>): string[] {
  if (answer.kind !== 'known') throw new Error(JSON.stringify(answer));
  return answer.value.map(({ taskId }) => taskId);
}

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `t${index}`);
}

/** A service whose list changes between requests. */
interface Service {
  /** What is there now, in the order of the list. */
  all: string[];
  readonly offsets: number[];
  page(offset: number): Promise<CallResult<ListPage>>;
}

interface Habits {
  /** What the service says to have counted: of all, on this page; nothing when it does not say. */
  count?(length: number, onPage: number): number | undefined;
  /** The most that it gives in one answer. */
  readonly cap?: number;
  /** Happens before the request of this number, beginning with 0. */
  before?(request: number, service: Service): void;
}

function createService(count: number, { count: counted, cap = PAGE, before }: Habits = {}): Service {
  const service: Service = {
    all: ids(count),
    offsets: [],
    page(offset) {
      before?.(service.offsets.length, service);
      service.offsets.push(offset);
      const tasks = service.all.slice(offset, offset + cap).map((taskId) => ({ taskId }));
      const count = counted === undefined ? service.all.length : counted(service.all.length, tasks.length);
      return Promise.resolve({ kind: 'known', value: { ...(count !== undefined && { count }), tasks } });
    },
  };
  return service;
}

const DISBELIEVED = { kind: 'failed', reason: 'unreadable answer' };

describe('a whole list', () => {
  it.each([
    [0, [0]],
    [1, [0, 1]],
    [10, [0, 10]],
    [999, [0, 999]],
    [1000, [0, 1000]],
    [1001, [0, 1000]],
    [2000, [0, 1000]],
    [5000, [0, 1000, 2000, 3000, 4000]],
  ])('of %i tasks is read from the offsets %j', async (count, offsets) => {
    const service = createService(count);
    expect(idsOf(await readWholeList(service.page))).toEqual(ids(count));
    expect(service.offsets).toEqual(offsets);
  });

  it.each([0, 1, 10, 1000, 1001, 5000])('of %i tasks arrives complete over the network', async (count) => {
    const { simulator, access, client, close } = await openStage();
    for (const id of ids(count)) simulator.setTask(id, realisticAnswer('SUCCESS', { task_id: id }));
    const listed = await client().list(access, Number.POSITIVE_INFINITY);
    expect(idsOf(listed)).toEqual(ids(count));
    expect(simulator.calls).toEqual({
      show: 0,
      list: count > 0 && count <= PAGE ? 2 : Math.max(1, Math.ceil(count / PAGE)),
      stats: 0,
      logs: 0,
    });
    await close();
  });

  it('is read to its end when the service gives shorter pages than it is asked for', async () => {
    const service = createService(250, { cap: 100 });
    expect(idsOf(await readWholeList(service.page))).toEqual(ids(250));
    expect(service.offsets).toEqual([0, 100, 200]);
  });

  it('is read to its end when the service gives longer pages than it is asked for', async () => {
    const service = createService(2500, { cap: 2000 });
    expect(idsOf(await readWholeList(service.page))).toEqual(ids(2500));
  });

  it('is not ended by a count that is too small', async () => {
    const service = createService(1500, { count: () => 10 });
    expect(idsOf(await readWholeList(service.page))).toEqual(ids(1500));
  });

  describe.each([
    ['counts the tasks of the page', (_all: number, onPage: number) => onPage],
    ['does not count', () => undefined],
    ['counts all tasks', (all: number) => all],
  ])('whose service %s', (_words, count) => {
    it.each([
      [1, 2],
      [2, 2],
      [3, 2],
      [4, 2],
      [10, 10],
      [25, 10],
      [100, 100],
      [250, 100],
      [1000, 1000],
      [2500, 1000],
    ])('is read to its end: %i tasks, at most %i at once', async (all, cap) => {
      const service = createService(all, { cap, count });
      expect(idsOf(await readWholeList(service.page))).toEqual(ids(all));
    });
  });

  it('is believed as counted, with one request, where only the tasks in it matter', async () => {
    const service = createService(10);
    expect(idsOf(await readWholeList(service.page, 'as counted'))).toEqual(ids(10));
    expect(service.offsets).toEqual([0]);
  });

  it('ends where the service refuses an offset after the last task', async () => {
    const service = createService(10);
    const refusal = { kind: 'failed', reason: 'refused', detail: 'Invalid offset.' } as const;
    const page = (offset: number) => (offset < 10 ? service.page(offset) : Promise.resolve(refusal));
    expect(idsOf(await readWholeList(page))).toEqual(ids(10));
  });

  it('fails where the service refuses a page within its own count', async () => {
    const service = createService(10, { cap: 5 });
    const refusal = { kind: 'failed', reason: 'refused', detail: 'Invalid offset.' } as const;
    const page = (offset: number) => (offset < 5 ? service.page(offset) : Promise.resolve(refusal));
    expect(await readWholeList(page)).toEqual(refusal);
  });

  it('holds a task once even if one page names it twice', async () => {
    const service = createService(3);
    service.all.push('t1');
    expect(idsOf(await readWholeList(service.page))).toEqual(['t0', 't1', 't2']);
  });
});

describe('a list that contradicts itself', () => {
  it.each([
    ['counts more than it holds', 3, { count: () => 4 }],
    ['is empty but counts tasks', 0, { count: () => 1 }],
    ['is as long as a page but counts more', 1000, { count: () => 1001 }],
    ['counts each page', 1500, { count: countsPages() }],
  ])('is read twice and then not believed: it %s', async (_case, count, habits) => {
    const service = createService(count, habits);
    expect(await readWholeList(service.page)).toMatchObject(DISBELIEVED);
    expect(service.offsets.filter((offset) => offset === 0)).toHaveLength(2);
  });

  it('is not used when the service knows no offset and repeats its first page', async () => {
    const service = createService(1500);
    const first = () => service.page(0);
    expect(await readWholeList(first)).toMatchObject({
      ...DISBELIEVED,
      detail: 'HTTP 200: the list of tasks changed between pages, so it is not used. It will be read again.',
    });
    expect(service.offsets).toHaveLength(4);
  });

  it('is not used when it never ends', async () => {
    let asked = 0;
    const endless = (offset: number): Promise<CallResult<ListPage>> => {
      asked += 1;
      const tasks = Array.from({ length: PAGE }, (_, index) => ({ taskId: `t${offset + index}` }));
      return Promise.resolve({ kind: 'known', value: { count: 1e9, tasks } });
    };
    expect(await readWholeList(endless)).toMatchObject({
      ...DISBELIEVED,
      detail: expect.stringContaining('more than 100 pages'),
    });
    expect(asked).toBe(100);
  });
});

/** 1000 on full pages, the rest on the last one. */
function countsPages(): () => number {
  let request = 0;
  return () => (request++ % 2 === 0 ? PAGE : 501);
}

describe('a list that changes while it is read', () => {
  it('is read again when a deleted task shifts another one across a page border', async () => {
    const service = createService(1500, {
      before(request, self) {
        if (request === 1) self.all = self.all.filter((id) => id !== 't5');
      },
    });
    expect(idsOf(await readWholeList(service.page))).toEqual(ids(1500).filter((id) => id !== 't5'));
    expect(service.offsets).toEqual([0, 1000, 0, 1000]);
  });

  it('is read again when a task of an earlier page comes again', async () => {
    const service = createService(1500, {
      before(request, self) {
        if (request === 1) self.all = ['t1200', ...self.all.filter((id) => id !== 't1200')];
      },
    });
    expect(idsOf(await readWholeList(service.page))).toContain('t999');
    expect(service.offsets).toEqual([0, 1000, 0, 1000]);
  });

  it('may lack a task once when another one goes and a third one comes, and has it in the next reading', async () => {
    const service = createService(1500, {
      before(request, self) {
        if (request === 1) self.all = [...self.all.slice(1), 'new'];
      },
    });
    expect(idsOf(await readWholeList(service.page))).not.toContain('t1000');
    expect(idsOf(await readWholeList(service.page))).toEqual([...ids(1500).slice(1), 'new']);
  });

  it('is not used when it changes again', async () => {
    const service = createService(1500, {
      before(_request, self) {
        self.all = self.all.slice(1);
      },
    });
    expect(await readWholeList(service.page)).toMatchObject(DISBELIEVED);
    expect(service.offsets).toEqual([0, 1000, 0, 1000]);
  });

  it('never lacks a task that was there all the time, whichever change happens', async () => {
    const change = fc.record({
      request: fc.integer({ min: 1, max: 2 }),
      kind: fc.constantFrom('delete', 'create', 'move'),
      at: fc.nat(2500),
      to: fc.nat(2500),
    });
    let known = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 1 }), async (changes) => {
        const service = createService(2500, {
          before(request, self) {
            for (const one of changes) if (one.request === request) alter(self, one);
          },
        });
        const answer = await readWholeList(service.page);
        if (answer.kind !== 'known') return;
        known += 1;
        const seen = new Set(idsOf(answer));
        const lacking = ids(2500).filter((id) => service.all.includes(id) && !seen.has(id));
        expect(lacking).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(known).toBeGreaterThan(10);
  });
});

function alter(service: Service, { kind, at, to }: { kind: string; at: number; to: number }): void {
  const id = kind === 'create' ? `new${at}` : service.all[at];
  if (id === undefined) return;
  const rest = service.all.filter((one) => one !== id);
  service.all = kind === 'delete' ? rest : rest.toSpliced(to, 0, id);
}

describe('a page that does not come', () => {
  it.each<CallResult<ListPage>>([
    { kind: 'denied', detail: 'd' },
    { kind: 'failed', reason: 'throttled', detail: 'd', cooldownMs: 5000 },
    { kind: 'skipped', why: 'out of time' },
  ])('fails the whole list: $kind', async (answer) => {
    const service = createService(2500);
    const page = (offset: number) => (offset > 1000 ? Promise.resolve(answer) : service.page(offset));
    expect(await readWholeList(page)).toEqual(answer);
    expect(service.offsets).toEqual([0, 1000]);
  });
});

function read(answer: unknown, secrets: readonly string[] = []): ReturnType<typeof readListPage> {
  return readListPage(JSON.stringify(answer), secrets);
}

function readTask(fields: object, secrets: readonly string[] = []): ListedTask | undefined {
  const reading = read({ count: 1, migration_tasks: [{ task_id: 'a', ...fields }] }, secrets);
  if (reading.kind !== 'read') throw new Error(reading.why);
  return reading.value.tasks[0];
}

describe('reading a page', () => {
  it.each([
    ['', 'not_json'],
    ['{"count":1,"migration_tasks":[{"task_id":"a"', 'not_json'],
    ['<html></html>', 'not_json'],
    ['null', 'no_object'],
    ['[{"task_id":"a"}]', 'no_object'],
    ['{}', 'no_task_list'],
    ['{"count":1}', 'no_task_list'],
    ['{"count":1,"migration_tasks":null}', 'no_task_list'],
    ['{"migration_tasks":null}', 'no_task_list'],
    ['{"count":0,"migration_tasks":{}}', 'no_task_list'],
    ['{"__proto__":{"count":0,"migration_tasks":[]}}', 'no_task_list'],
    ['{"count":-1,"migration_tasks":[]}', 'count_no_number'],
    ['{"count":0.5,"migration_tasks":[]}', 'count_no_number'],
    ['{"count":"x","migration_tasks":[]}', 'count_no_number'],
    ['{"count":1e999,"migration_tasks":[]}', 'count_no_number'],
    ['{"count":1,"migration_tasks":[null]}', 'task_without_id'],
    ['{"count":1,"migration_tasks":["a"]}', 'task_without_id'],
    ['{"count":1,"migration_tasks":[[]]}', 'task_without_id'],
    ['{"count":1,"migration_tasks":[{}]}', 'task_without_id'],
    ['{"count":2,"migration_tasks":[{"task_id":"a"},{"task_id":null}]}', 'task_without_id'],
    ['{"count":1,"migration_tasks":[{"task_id":" \\n"}]}', 'task_without_id'],
    // 32 digits as a number have lost most of them.
    ['{"count":1,"migration_tasks":[{"task_id":12345678901234567890123456789012}]}', 'task_without_id'],
    ['{"count":1,"migration_tasks":[{"__proto__":{"task_id":"a"}}]}', 'task_without_id'],
  ])('refuses %j: %s', (body, why) => {
    expect(readListPage(body, [])).toEqual({ kind: 'unreadable', why });
  });

  it.each(['{"count":0,"migration_tasks":null}', '{"count":"0","migration_tasks":null}', '{"count":0}'])(
    'takes %j for an empty one',
    (body) => {
      expect(readListPage(body, [])).toEqual({ kind: 'read', value: { count: 0, tasks: [] } });
    },
  );

  it.each(['{"migration_tasks":[]}', '{"count":null,"migration_tasks":[]}'])(
    'takes %j, which does not say how many tasks there are',
    (body) => {
      expect(readListPage(body, [])).toEqual({ kind: 'read', value: { tasks: [] } });
    },
  );

  it('takes a count that is written as a string', () => {
    expect(read({ count: '2', migration_tasks: [] })).toEqual({
      kind: 'read',
      value: { count: 2, tasks: [] },
    });
  });

  it('takes an id alone, and counts what has another type as absent', () => {
    expect(readTask({})).toEqual({ taskId: 'a' });
    const odd = {
      task_name: ['x'],
      status: 7,
      migration_type: {},
      created_at: true,
      released_at: '',
      error_message: { text: 'x' },
      data_source: null,
      source_instance_name: ' ',
      target_instance_addrs: [],
    };
    expect(readTask(odd)).toEqual({ taskId: 'a' });
  });

  it('keeps host and port of addresses, and nothing else of them', () => {
    const task = readTask({
      data_source: 'redis://:hunter2@10.0.0.1:6379/0,app:hunter2@10.0.0.2:6379',
      target_instance_addrs: 'rediss://app:hun,ter2@redis.example.com:6379?password=hunter2',
      ecs_tenant_private_ip: '192.168.1.77',
    });
    expect(task).toEqual({
      taskId: 'a',
      source: { address: '10.0.0.1:6379,10.0.0.2:6379' },
      target: { address: 'redis.example.com:6379' },
      migrationIp: '192.168.1.77',
    });
  });

  it('reads the names that fields had until 2022', () => {
    expect(readTask({ migrate_type: 'online_migration', target_instance_address: '10.0.0.1:6379' })).toEqual({
      taskId: 'a',
      migrationType: 'online_migration',
      target: { address: '10.0.0.1:6379' },
    });
  });

  it('survives entries nested 10,000 deep', () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000);
    expect(readListPage(deep, []).kind).toBe('unreadable');
    const body = `{"count":1,"migration_tasks":[{"task_id":"a","status":${deep},"error_message":${deep}}]}`;
    expect(readListPage(body, [])).toEqual({ kind: 'read', value: { count: 1, tasks: [{ taskId: 'a' }] } });
  });

  it('keeps every text within its bounds, on one line', () => {
    const long = `a\nb${'😀'.repeat(5000)}`;
    const task = readTask({ task_name: long, status: long, error_message: long });
    expect([...(task?.name ?? '')]).toHaveLength(256);
    expect([...(task?.status ?? '')]).toHaveLength(64);
    expect([...(task?.errorMessage ?? '')]).toHaveLength(500);
    expect(JSON.stringify(task)).not.toMatch(/\\n|\\ud83d(?!\\ude00)/);
  });

  it('masks what the request carried, and whatever looks like a password, in an error message', () => {
    const message = 'key CANARY-KEY of redis://x:p@h, requirepass hunter2, token=abc';
    expect(readTask({ error_message: message }, ['CANARY-KEY'])?.errorMessage).toBe(
      'key *** of ***@h, requirepass ***, token=***',
    );
  });

  it('masks a secret in an error that was read before, when another request carried other secrets', () => {
    const message = 'The request with hidden-word failed';
    expect(readTask({ error_message: message }, ['another'])?.errorMessage).toBe(message);
    expect(readTask({ error_message: message }, ['hidden-word'])?.errorMessage).toBe(
      'The request with *** failed',
    );
    expect(readTask({ error_message: message }, ['another'])?.errorMessage).toBe(message);
  });
});

describe('a list that is too large', () => {
  it('fails instead of filling the memory', async () => {
    const { simulator, access, client, close } = await openStage();
    simulator.setTask('a', realisticAnswer('SUCCESS', { description: 'x'.repeat(10 * 1024 * 1024) }));
    expect(await client().list(access, Number.POSITIVE_INFINITY)).toMatchObject({
      kind: 'failed',
      reason: 'unreadable answer',
      detail: expect.stringContaining('longer than 4194304 bytes'),
    });
    expect(simulator.calls.list).toBe(1);
    await close();
  });
});
