import { describe, expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { type ProjectSettings, SECRET_KEY, type World } from '../support/world.ts';
import { eventsAt, MINUTE, ticks, typesAt, WEBHOOK, world } from './support.ts';

/** So many entries of the configuration, with two tasks each, at one endpoint or each at its own. */
const entries = (count: number, at: 'one endpoint' | 'endpoints'): ProjectSettings[] =>
  Array.from({ length: count }, (_, n) => ({
    name: `p${n}`,
    tasks: [`a${n}`, `b${n}`],
    ...(at === 'endpoints' && { id: `${n}`.padStart(32, '0') }),
  }));

/** A request whose signature nobody can accept. */
function withoutSignature(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value.replace(/Signature=\w+/, `Signature=${'0'.repeat(64)}`),
    ]),
  );
}

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

describe('a wrong key that several entries share', () => {
  test.each([1, 2, 3])(
    'at one endpoint is tried no more often than that of one (%i entries)',
    async (count) => {
      const made = await world({
        projects: entries(count, 'one endpoint'),
        secretKey: 'wrong',
        channels: WEBHOOK,
      });
      const refusedAt: number[] = [];
      for (let minute = 0; minute < 60; minute += 1) {
        const before = refusals(made);
        await made.tick();
        refusedAt.push(...Array.from({ length: refusals(made) - before }, () => minute));
        if (minute < 30) expect(isLocked(made)).toBe(false);
        made.clock.advance(MINUTE);
      }
      expect(refusedAt).toEqual([0, 1, 2, 7, 17, 32, 52]);
    },
  );

  test('cools down for an entry that is added later, too', async () => {
    const made = await world({ projects: entries(3, 'one endpoint'), secretKey: 'wrong', channels: WEBHOOK });
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
  ])(
    'makes an event of each of their projects, and another one when it is repaired (%s)',
    async (_how, projects) => {
      const made = await world({ projects, secretKey: 'wrong', channels: WEBHOOK });
      for (const place of Object.values(made.projects)) {
        for (const id of ['a', 'a0', 'b0', 'a1', 'b1', 'a2', 'b2']) place.status(id, 'FULLMIGRATING');
      }
      await ticks(made, 20);
      const failing = () =>
        eventsAt(made).map(({ type, data }) => [type, data.project?.name ?? data.task?.project]);
      expect(failing().toSorted()).toEqual(['p0', 'p1', 'p2'].map((name) => ['dcs.watch.failing', name]));
      await ticks(made, 2, { config: repaired(made) });

      expect(typesAt(made).filter((type) => type === 'watch.restored')).toHaveLength(3);
    },
  );

  test.each([
    ['two tasks each', entries(3, 'one endpoint')],
    [
      'discovered',
      entries(3, 'one endpoint').map((one) => ({ ...one, tasks: [], discover: { labels: {} } })),
    ],
  ])('makes one event of one project, in the name of its first entry (%s)', async (_how, projects) => {
    const made = await world({ projects, secretKey: 'wrong', channels: WEBHOOK });
    for (const id of ['a0', 'b0', 'a1', 'b1', 'a2', 'b2']) made.status(id, 'FULLMIGRATING');
    await ticks(made, 20);
    const failing = () => eventsAt(made).map(({ type, data }) => [type, data.project?.name]);
    expect(failing()).toEqual([['dcs.watch.failing', 'p0']]);
    await ticks(made, 2, { config: repaired(made) });

    expect(failing().filter(([type]) => type === 'dcs.watch.restored')).toEqual([
      ['dcs.watch.restored', 'p0'],
    ]);
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

describe('an endpoint that throttles one entry', () => {
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

describe('a key that one endpoint refuses and another one accepts', () => {
  test('makes an event of the project that cannot be watched because of it', async () => {
    const bad = { id: '0'.repeat(32) };
    const projects = [
      { ...bad, name: 'bad-1', tasks: ['a', 'b'] },
      { ...bad, name: 'bad-2', tasks: ['c', 'd'] },
      { name: 'good', tasks: ['e', 'f'], id: '1'.repeat(32) },
    ];
    const made = await world({ projects, channels: WEBHOOK });
    for (const id of ['e', 'f']) made.projects['good']?.status(id, 'FULLMIGRATING');
    const [refusing] = made.config.projects;
    const plain = createHttpClient();
    onTestFinished(() => plain.close());
    const http: HttpClient = {
      ...plain,
      request: (request, limits) =>
        plain.request(
          request.url.origin === refusing?.endpoint.origin
            ? { ...request, headers: withoutSignature(request.headers) }
            : request,
          limits,
        ),
    };
    await ticks(made, 60, { http });
    const failing = eventsAt(made).filter(({ type }) => type === 'dcs.watch.failing');
    expect(failing.map(({ data }) => [data.project?.name, data.project?.tasks])).toEqual([['bad-1', 4]]);
  });

  /** The configuration in which the secret of one entry is mistyped. */
  const mistyped = ({ config }: World, name: string): World['config'] => ({
    ...config,
    projects: config.projects.map((project) =>
      project.name === name
        ? { ...project, credentials: { ...project.credentials, secretKey: new Secret('mistyped') } }
        : project,
    ),
  });

  test.each([
    ['p0', 'p1'],
    ['p1', 'p0'],
  ])('stops %s alone: %s is watched without a gap', async (bad, good) => {
    const made = await world({ projects: entries(2, 'endpoints'), channels: WEBHOOK });
    const n = good.slice(1);
    const place = made.projects[good];
    for (const id of [`a${n}`, `b${n}`]) place?.status(id, 'FULLMIGRATING');
    const refusing = { ...createHttpClient() };
    const endpoint = made.config.projects.find(({ name }) => name === bad)?.endpoint;
    const http: HttpClient = {
      ...refusing,
      async request(request, limits) {
        if (request.url.origin !== endpoint?.origin) return refusing.request(request, limits);
        return refusing.request({ ...request, headers: withoutSignature(request.headers) }, limits);
      },
    };
    onTestFinished(() => refusing.close());
    for (let minute = 0; minute < 40; minute += 1) {
      const before = place?.simulator.calls.show ?? 0;
      await made.tick({ http });
      expect((place?.simulator.calls.show ?? 0) - before).toBe(2);
      made.clock.advance(MINUTE);
    }
    expect(made.projects[bad]?.simulator.refusals).toBeGreaterThan(3);
    const failing = eventsAt(made).filter(({ type }) => type === 'dcs.watch.failing');
    expect(failing.map(({ data }) => data.project?.name)).toEqual([bad]);
  });

  test.each(['p0', 'p1'])('counts as another key where its secret is mistyped (%s)', async (bad) => {
    const made = await world({ projects: entries(2, 'endpoints'), channels: WEBHOOK });
    const good = bad === 'p0' ? 'p1' : 'p0';
    for (const [name, place] of Object.entries(made.projects)) {
      for (const id of [`a${name.slice(1)}`, `b${name.slice(1)}`]) place.status(id, 'FULLMIGRATING');
    }
    const config = mistyped(made, bad);
    for (let minute = 0; minute < 20; minute += 1) {
      const before = made.projects[good]?.simulator.calls.show ?? 0;
      await made.tick({ config });
      expect((made.projects[good]?.simulator.calls.show ?? 0) - before).toBe(2);
      made.clock.advance(MINUTE);
    }
  });
});

describe("a project that is not the key's", () => {
  test.each(['project of somebody else', 'project of somebody else, older code'] as const)(
    'makes an event, and blinds no other project with the same key: %s',
    async (fault) => {
      const made = await world({ projects: entries(2, 'endpoints'), channels: WEBHOOK });
      for (const id of ['a0', 'b0']) made.projects['p0']?.status(id, 'FULLMIGRATING');
      for (const id of ['a1', 'b1']) made.projects['p1']?.status(id, 'FULLMIGRATING');
      await ticks(made, 1);
      made.projects['p0']?.simulator.fault(fault, 1000);
      await ticks(made, 4);
      made.projects['p1']?.status('a1', 'INCRMIGEATING');
      await ticks(made, 1);

      expect(made.projects['p0']?.simulator.fired[fault]).toBeGreaterThan(3);
      const about = (project: string) =>
        eventsAt(made).filter(({ data }) => (data.task?.project ?? data.project?.name) === project);
      expect(about('p0').map(({ type }) => type)).toContain('dcs.watch.failing');
      expect(about('p1').map(({ type }) => type)).toContain('dcs.migration.status_changed');
      expect(about('p1').map(({ type }) => type)).not.toContain('dcs.watch.failing');
    },
  );
});
