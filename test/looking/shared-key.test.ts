import { describe, expect, test } from 'vitest';
import { Secret } from '../../lib/secret.ts';
import { type ProjectSettings, SECRET_KEY, type World } from '../support/world.ts';
import { eventsAt, MINUTE, ticks, typesAt, WEBHOOK, world } from './support.ts';

/** So many entries of the configuration, with two tasks each, at one endpoint or each at its own. */
const entries = (count: number, at: 'one endpoint' | 'endpoints'): ProjectSettings[] =>
  Array.from({ length: count }, (_, n) => ({
    name: `p${n}`,
    tasks: [`a${n}`, `b${n}`],
    ...(at === 'endpoints' && { id: `${n}`.padStart(32, '0') }),
  }));

const isLocked = ({ projects }: World) => Object.values(projects).some(({ simulator }) => simulator.locked);

function refusals({ projects }: World): number {
  const all = new Set(Object.values(projects).map(({ simulator }) => simulator));
  return [...all].reduce((sum, simulator) => sum + simulator.refusals, 0);
}

/** The same configuration with the right key. */
function repaired({ config }: World): World['config'] {
  const projects = config.projects.map((project) => ({
    ...project,
    credentials: { ...project.credentials, secretKey: new Secret(SECRET_KEY) },
  }));
  return { ...config, projects };
}

describe('a wrong key that several entries of the configuration share', () => {
  test.each([
    [1, 'one endpoint'],
    [2, 'one endpoint'],
    [3, 'one endpoint'],
    [2, 'endpoints'],
    [8, 'endpoints'],
  ] as const)('is tried no more often than that of one (%i entries, %s)', async (count, at) => {
    const made = await world({ projects: entries(count, at), secretKey: 'wrong', channels: WEBHOOK });
    const refusedAt: number[] = [];
    for (let minute = 0; minute < 60; minute += 1) {
      const before = refusals(made);
      await made.tick();
      refusedAt.push(...Array.from({ length: refusals(made) - before }, () => minute));
      if (minute < 30) expect(isLocked(made)).toBe(false);
      made.clock.advance(MINUTE);
    }
    expect(refusedAt).toEqual([0, 1, 2, 7, 17, 32, 52]);
  });

  test('rests for an entry that comes later, too', async () => {
    const made = await world({ projects: entries(3, 'endpoints'), secretKey: 'wrong', channels: WEBHOOK });
    const [first] = made.config.projects;
    const config = { ...made.config, projects: first === undefined ? [] : [first] };
    await ticks(made, 4, { config });
    expect(refusals(made)).toBe(3);
    await ticks(made, 3);
    expect(refusals(made)).toBe(3);
    await ticks(made, 10);

    expect(refusals(made)).toBe(4);
  });

  test.each([
    ['two tasks each', entries(3, 'endpoints')],
    ['one task each', entries(3, 'endpoints').map((one) => ({ ...one, tasks: ['a'] }))],
    ['discovered', entries(3, 'endpoints').map((one) => ({ ...one, tasks: [], discover: { labels: {} } }))],
  ])('is told of each of them, and when it is mended (%s)', async (_how, projects) => {
    const made = await world({ projects, secretKey: 'wrong', channels: WEBHOOK });
    for (const place of Object.values(made.projects)) {
      for (const id of ['a', 'a0', 'b0', 'a1', 'b1', 'a2', 'b2']) place.status(id, 'FULLMIGRATING');
    }
    await ticks(made, 20);
    const told = () =>
      eventsAt(made).map(({ type, data }) => [type, data.project?.name ?? data.task?.project]);
    expect(told().toSorted()).toEqual(['p0', 'p1', 'p2'].map((name) => ['dcs.watch.failing', name]));
    await ticks(made, 2, { config: repaired(made) });

    expect(typesAt(made).filter((type) => type === 'watch.restored')).toHaveLength(3);
  });
});

describe('a key that is refused for one project only, because that is somebody else’s', () => {
  test('does not keep the others from being watched', async () => {
    const made = await world({ projects: entries(2, 'endpoints'), channels: WEBHOOK });
    for (const id of ['a1', 'b1']) made.projects['p1']?.status(id, 'FULLMIGRATING');
    made.projects['p0']?.simulator.fault('project of somebody else', 100);
    await ticks(made, 8);
    made.projects['p1']?.status('a1', 'FAILED');
    await ticks(made, 1);

    expect(made.projects['p0']?.simulator.fired['project of somebody else']).toBeGreaterThan(3);
    expect(typesAt(made)).toContain('migration.status_changed');
  });
});

describe('an endpoint that throttles one entry of the configuration', () => {
  test('is left alone by the others, too, for as long as it asks', async () => {
    const made = await world({ projects: entries(2, 'one endpoint'), channels: WEBHOOK });
    for (const id of ['a0', 'b0', 'a1', 'b1']) made.status(id, 'FULLMIGRATING');
    await ticks(made, 1);
    const asked = () => made.simulator.calls.show;
    const before = asked();
    made.simulator.fault('throttled for years', 1);
    await ticks(made, 10);
    expect(made.simulator.fired['throttled for years']).toBe(1);
    expect(asked() - before).toBe(1);
    await ticks(made, 6);

    expect(asked() - before).toBe(1 + 4);
  });
});
