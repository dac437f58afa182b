import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createHttpClient } from '../../lib/http/undici.ts';
import { taskRecordId } from '../../lib/records/keys.ts';
import type { StoredRecord } from '../../lib/records/record.ts';
import { loadRecord } from '../../lib/records/records.ts';
import { realisticAnswer, SIMULATED_PASSWORDS } from '../../lib/simulator/answers.ts';
import type { FaultName } from '../../lib/simulator/faults.ts';
import { jsonLine, textLine } from '../../lib/telemetry/describe.ts';
import { sampleOf } from '../channels/samples.ts';
import { ALL_TYPES } from '../support/channel-types.ts';
import { useWorld } from '../support/use-world.ts';
import { PROJECT_ID, type World } from '../support/world.ts';

const world = useWorld();

const MINUTE = 60_000;
const TEN_TASKS = Array.from({ length: 10 }, (_, index) => `task-${index}`);
const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);

async function recordOf({ store }: World, taskId: string): Promise<StoredRecord | undefined> {
  const key = { partition: `project:${PROJECT_ID}`, id: taskRecordId(taskId) };
  return (await loadRecord(store, key))?.record;
}

/** What a record knows about its task. That a look failed is counted beside it. */
async function knownOf(world: World, taskId = 'task-1'): Promise<object> {
  const record = await recordOf(world, taskId);
  if (record === undefined) throw new Error(`no record of ${taskId}`);
  const { failing: _counted, ...state } = record.state;
  return { ...record, state };
}

/** Everything that was logged or stored, as text. */
async function outputOf({ log, store }: World): Promise<string> {
  const items = await Promise.all(
    [`project:${PROJECT_ID}`, 'dead', 'aside'].map((partition) => store.load(partition)),
  );
  const lines = log.flatMap((entry) => [textLine(entry, new Date(0)), jsonLine(entry, new Date(0))]);
  return [...lines, JSON.stringify(items)].join('\n');
}

describe('a key without the right to look', () => {
  test('is one line of the log for all tasks of its project', async () => {
    const made = await world({ tasks: TEN_TASKS });
    for (const task of TEN_TASKS) made.status(task, 'FULLMIGRATING');
    made.simulator.deny('show');
    expect(await made.tick()).toMatchObject({ failedLooks: 10 });
    const lines = made.log.filter(({ kind }) => kind === 'look_failed');
    expect(lines).toEqual([
      expect.objectContaining({ project: 'prod', count: 10, taskIds: TEN_TASKS, reason: 'not authorised' }),
    ]);
    expect(lines.map((line) => textLine(line, new Date(0)))).toEqual([
      expect.stringContaining('looks at 10 tasks of project prod failed (not authorised): HTTP 403 DCS.2007'),
    ]);
  });
});

describe('an answer that cannot be read', () => {
  const UNREADABLE: readonly FaultName[] = [
    'JSON cut at the password',
    'JSON broken at the password',
    'not JSON',
    'empty body',
    'HTML instead of JSON',
    'empty object',
    'null',
    'array',
    'string',
    'deep nesting',
    'status empty',
    'wrong types',
  ];

  test.each(UNREADABLE)('(%s) is a failed look, and leaves the state as it was', async (fault) => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    const before = await knownOf(made);

    made.simulator.fault(fault, 1, 'show');
    expect(await made.tick()).toMatchObject({ failedLooks: 1, changed: 0, events: 0, delivered: 0 });

    expect(made.simulator.fired[fault]).toBe(1);
    expect(made.log).toContainEqual(
      expect.objectContaining({ kind: 'look_failed', reason: 'unreadable answer' }),
    );
    expect(await knownOf(made)).toEqual(before);
    expect(await made.tick()).toMatchObject({ failedLooks: 0, events: 0 });
    expect((await recordOf(made, 'task-1'))?.state.failing).toBeUndefined();
  });

  test.each(['JSON cut at the password', 'JSON broken at the password', 'HTML instead of JSON'] as const)(
    '(%s) leaves no byte of itself in log or store',
    async (fault) => {
      const made = await world();
      made.status('task-1', 'FULLMIGRATING');
      await made.tick();
      made.simulator.fault(fault, 3, 'show');
      for (let look = 0; look < 3; look += 1) await made.tick();

      expect(made.simulator.fired[fault]).toBe(3);
      const output = await outputOf(made);
      expect(output).toContain('dcs.watch.failing');
      for (const part of [...SIMULATED_PASSWORDS, 'source_instance', 'SUCCESS', '<h1>', 'please log in']) {
        expect(output).not.toContain(part);
      }
    },
  );
});

describe('a status', () => {
  const STANDING = z.object({ data: z.object({ to: z.object({ status: z.string(), phase: z.string() }) }) });
  const lastStanding = (made: World) => STANDING.parse(made.events('cutover').at(-1)).data.to;

  test.each([
    ['that nobody knows', 'SHUFFLING', 'SHUFFLING'],
    ['in lower case', 'success', 'success'],
    ['of 10 kB', 'X'.repeat(10_240), 'X'.repeat(64)],
  ])('%s makes an event with the phase unknown and at most 64 characters', async (_what, word, shown) => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    made.status('task-1', word);

    expect(await made.tick()).toMatchObject({ changed: 1, events: 1, delivered: 2, failedLooks: 0 });

    expect(lastStanding(made)).toEqual({ status: shown, phase: 'unknown' });
    expect(await made.tick()).toMatchObject({ changed: 0, events: 0 });
  });

  test.each([[''], [7], [['SUCCESS']], [{ a: 1 }], [null], [true]])(
    'that is %j is a failed look',
    async (status) => {
      const made = await world();
      made.status('task-1', 'FULLMIGRATING');
      await made.tick();
      made.simulator.setTask('task-1', { ...realisticAnswer('SUCCESS'), status });

      expect(await made.tick()).toMatchObject({ changed: 0, events: 0, failedLooks: 1 });
      expect((await recordOf(made, 'task-1'))?.state.standing?.status).toBe('FULLMIGRATING');
    },
  );

  test('in its other spelling makes no event', async () => {
    const made = await world();
    for (const word of ['FULLMIGRATING', 'INCRMIGEATING', 'INCRMIGRATING', 'INCRMIGEATING']) {
      made.status('task-1', word);
      await made.tick();
    }
    expect(types(made.events('cutover'))).toEqual([
      'dcs.migration.first_seen',
      'dcs.migration.status_changed',
    ]);
    expect(lastStanding(made)).toEqual({ status: 'INCRMIGEATING', phase: 'incremental' });
  });

  test('beside keys that are special in JavaScript is read, and no prototype is changed', async () => {
    const made = await world();
    // The list has the task, so its success is one.
    made.status('task-1', 'FULLMIGRATING');
    made.simulator.fault('keys that mean something to JavaScript', 1, 'show');

    expect(await made.tick()).toMatchObject({ events: 1, failedLooks: 0 });

    expect(made.simulator.fired['keys that mean something to JavaScript']).toBe(1);
    expect(lastStanding(made)).toEqual({ status: 'SUCCESS', phase: 'succeeded' });
    const untouched: { status?: string } = {};
    expect(untouched.status).toBeUndefined();
    expect(Object.hasOwn(Object.prototype, 'status')).toBe(false);
  });
});

describe('a refusal of all tasks of a project', () => {
  test.each(['signature refused', 'key unknown', 'policy denies', 'user on black list'] as const)(
    '(%s) is one watch.failing for the project, and no task’s record is touched',
    async (fault) => {
      const made = await world({ tasks: TEN_TASKS });
      for (const id of TEN_TASKS) made.status(id, 'RUNNING');
      await made.tick();
      const before = await Promise.all(TEN_TASKS.map((id) => recordOf(made, id)));
      const known = made.events('cutover').length;

      made.simulator.fault(fault, 1000);
      for (let minute = 0; minute < 30; minute += 1) {
        made.clock.advance(MINUTE);
        await made.tick();
      }

      expect(made.simulator.fired[fault]).toBeGreaterThanOrEqual(3);
      const after = made.events('cutover').slice(known);
      expect(after).toMatchObject([{ type: 'dcs.watch.failing', subject: PROJECT_ID }]);
      expect(await Promise.all(TEN_TASKS.map((id) => recordOf(made, id)))).toEqual(before);
    },
  );

  test('of the key is never tried more than five times in five minutes: that would lock it', async () => {
    const made = await world({ tasks: TEN_TASKS });
    made.simulator.fault('signature refused', 1000);
    const tries: number[] = [];
    for (let minute = 0; minute < 60; minute += 1) {
      const before = made.simulator.fired['signature refused'] ?? 0;
      await made.tick();
      tries.push((made.simulator.fired['signature refused'] ?? 0) - before);
      made.clock.advance(MINUTE);
    }
    expect(tries.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(3);
    for (let minute = 0; minute + 5 <= 60; minute += 1) {
      const window = tries.slice(minute, minute + 5);
      expect(window.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(5);
    }
  });
});

describe('a task that is not found', () => {
  test.each(['task not found', '404 of the API', 'task deleted'] as const)(
    '(%s) once makes no event, twice in a row one migration.gone',
    async (fault) => {
      const made = await world();
      made.status('task-1', 'INCRMIGEATING');
      await made.tick();

      made.simulator.fault(fault, 1);
      await made.tick();
      expect(await made.tick()).toMatchObject({ events: 0 });
      expect(types(made.events('cutover'))).toEqual(['dcs.migration.first_seen']);

      made.simulator.fault(fault, 4);
      for (let look = 0; look < 4; look += 1) await made.tick();
      expect(made.simulator.fired[fault]).toBe(5);
      expect(types(made.events('cutover'))).toEqual(['dcs.migration.first_seen', 'dcs.migration.gone']);
    },
  );
});

describe('an endpoint that throttles', () => {
  test.each(['throttled', 'throttled for 7 s'] as const)(
    '(%s) is left alone by the tick’s other looks, and no event is made',
    async (fault) => {
      const made = await world({ tasks: TEN_TASKS });
      for (const id of TEN_TASKS) made.status(id, 'RUNNING');
      await made.tick();
      const asked = () => [...made.simulator.requests.values()].reduce((sum, count) => sum + count, 0);
      const before = asked();

      made.simulator.fault(fault);
      expect(await made.tick()).toMatchObject({ failedLooks: 1, events: 0 });

      expect(made.simulator.fired[fault]).toBe(1);
      expect(asked() - before).toBe(1);
      expect(made.log).toContainEqual({ kind: 'looks_skipped', project: 'prod', why: 'resting', count: 9 });
      made.clock.advance(MINUTE);
      expect(await made.tick()).toMatchObject({ failedLooks: 0, events: 0 });
      expect(asked() - before).toBe(11);
    },
  );
});

describe('a service that fails three times and recovers', () => {
  test.each([
    ['internal error', ['task-1']],
    ['bad gateway', TEN_TASKS],
    ['unavailable', TEN_TASKS],
    ['backend time-out', ['task-1']],
  ] as const)('(%s) makes exactly one watch.failing and one watch.restored', async (fault, tasks) => {
    const made = await world({ tasks });
    for (const id of tasks) made.status(id, 'RUNNING');
    await made.tick();
    const before = made.events('cutover').length;

    made.simulator.fault(fault, 3 * tasks.length);
    for (let tick = 0; tick < 6; tick += 1) {
      made.clock.advance(MINUTE);
      await made.tick();
    }

    expect(made.simulator.fired[fault]).toBe(3 * tasks.length);
    expect(types(made.events('cutover').slice(before))).toEqual(['dcs.watch.failing', 'dcs.watch.restored']);
  });
});

describe('a function that was frozen and thawed', () => {
  test('finds its connection closed, repeats the request at once, and sees the task', async () => {
    const made = await world();
    made.status('task-1', 'FULLMIGRATING');
    const http = createHttpClient();
    await made.tick({ http });
    made.clock.advance(20 * MINUTE);
    made.status('task-1', 'INCRMIGEATING');

    made.simulator.fault('closed on reuse', 1, 'show');
    expect(await made.tick({ http })).toMatchObject({ changed: 1, failedLooks: 0, delivered: 2 });

    expect(made.simulator.fired['closed on reuse']).toBe(1);
    expect(made.simulator.requests.get('task-1')).toBe(3);
    await http.close();
  });
});

describe('a task with a name that is hard to print', () => {
  const CHANNELS = Object.fromEntries(
    Object.entries(ALL_TYPES).flatMap(([name, type]) =>
      'accepts' in type || sampleOf(name).transport !== 'http'
        ? []
        : [[name, { type: name, ...sampleOf(name).settings }]],
    ),
  );
  const HARD = 'name that is hard to print';
  /** Line breaks, escapes, and what turns text around. */
  const DISTURBING = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

  test.each(Object.keys(CHANNELS))('is well-formed text without a mention in %s', async (channel) => {
    const made = await world({ channels: CHANNELS });
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    made.simulator.fault(HARD, 1, 'show');
    expect(await made.tick()).toMatchObject({ changed: 1, delivered: Object.keys(CHANNELS).length });
    expect(made.simulator.fired[HARD]).toBe(1);

    const sent = made.receiver.at(`/${channel}`).at(-1)?.body ?? '';
    expect(sent).toContain('😀');
    expect(sent.isWellFormed()).toBe(true);
    const strings = stringsOf(JSON.parse(sent));
    for (const text of strings) expect(text.isWellFormed()).toBe(true);
    // Slack's own lines are parted by line breaks; nothing of the name breaks one.
    for (const line of strings.flatMap((text) => text.split('\n'))) expect(line).not.toMatch(DISTURBING);
    if (channel === 'slack') expect(sent).not.toMatch(/<!(?!date\^\d+\^your time: )/);
    expect(Buffer.byteLength(sent)).toBeLessThan(20_000);
  });

  test('takes one line of the log, as text and as JSON', async () => {
    const made = await world({ channels: CHANNELS });
    made.status('task-1', 'FULLMIGRATING');
    made.simulator.fault(HARD, 1, 'show');
    await made.tick();
    expect(made.simulator.fired[HARD]).toBe(1);

    const lines = made.log.flatMap((entry) => [textLine(entry, new Date(0)), jsonLine(entry, new Date(0))]);
    expect(lines.filter((line) => line.includes('<!channel>')).length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).not.toMatch(DISTURBING);
      expect(line.isWellFormed()).toBe(true);
    }
  });
});

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(stringsOf);
}
