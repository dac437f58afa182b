import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Look } from '../../lib/migration/model/observation.ts';
import { newTickStats } from '../../lib/poll/context.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import type { LogEntry } from '../../lib/telemetry/log.ts';
import { tick } from '../../lib/tick.ts';
import { projectOf } from '../long/proof/service.ts';
import { createTestClock } from '../support/clock.ts';
import { PROJECT_ID } from '../support/world.ts';
import { MINUTE, problems, ticks, typesAt, WEBHOOK, world } from './support.ts';

const FAILED: Look = { kind: 'failed', reason: 'unreachable', detail: 'HTTP 503' };
const SEEN: Look = { kind: 'seen', observation: { status: 'RUNNING' } };
const WHY =
  'the result of the look could not be evaluated; the next tick looks again: internal error (TypeError)';

test.each<[what: string, good: Look, look: Look]>([
  ['was seen', SEEN, SEEN],
  ['is missing', SEEN, { kind: 'missing', detail: 'HTTP 400' }],
  ['could not be looked at', SEEN, FAILED],
  ['could not be looked at, as no other', FAILED, FAILED],
  ['was not looked at', SEEN, { kind: 'skipped', why: 'out of time' }],
])('a task that cannot be evaluated never stops the others (it %s)', async (_what, good, look) => {
  const clock = createTestClock();
  const store = createMemoryStore({ now: clock.now });
  const log: LogEntry[] = [];
  let isBroken = false;
  let fired = 0;
  const project = projectOf(['task-0', 'task-1', 'task-2'], async (id) => {
    if (!isBroken) return SEEN;
    return id === 'task-1' ? look : good;
  });
  const watches = project.watches.map((watch) => ({
    ...watch,
    get region(): string {
      if (!isBroken || watch.taskId !== 'task-1') return 'cn-north-4';
      fired += 1;
      throw new TypeError('as a damaged record makes it');
    },
  }));
  const run = () =>
    tick({
      ...{ projects: [{ ...project, watches }], groups: [], channels: new Map(), store, clock, loadedAt: 0 },
      ...{ log: (entry: LogEntry) => log.push(entry), random: () => 0, finishedEveryMs: 15 * MINUTE },
      ...{
        owner: randomUUID(),
        stats: newTickStats(),
        endsAt: clock.elapsed() + MINUTE,
        nextTickAt: clock.elapsed() + MINUTE,
      },
    });
  await run();
  isBroken = true;
  const report = await run();

  expect(fired).toBeGreaterThan(0);
  expect(report.failedRecords).toBe(1);
  expect(log).toContainEqual({ kind: 'problem', message: `task task-1: ${WHY}` });
  await store.close();
});

test('a record that was tampered with is reported, and the others make their events', async () => {
  const made = await world({ tasks: ['task-1', 'task-2'], channels: WEBHOOK });
  for (const id of ['task-1', 'task-2']) made.status(id, 'RUNNING');
  await ticks(made, 1);
  const [item] = (await made.store.load(`project:${PROJECT_ID}`)).filter(
    ({ key }) => key.id === 'task:task-1',
  );
  if (item === undefined) throw new Error('no record');
  const record = JSON.parse(item.body);
  const body = JSON.stringify({
    ...record,
    state: { ...record.state, observation: { ...record.state.observation, source: null } },
  });
  await made.store.save({ ...item, rev: item.rev + 1, nonce: 'tampered', body });
  made.simulator.setTask('task-1', null);
  made.status('task-2', 'FAILED');
  await ticks(made, 2);

  expect(problems(made).some((message) => message.includes('task-1'))).toBe(true);
  expect(typesAt(made)).toContain('migration.status_changed');
});
