import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import type { Config } from '../../lib/config/schema/file.ts';
import { jsonLine, textLine } from '../../lib/telemetry/describe.ts';
import { useWorld } from '../support/use-world.ts';
import type { World, WorldOptions } from '../support/world.ts';

const CANARY = '/canary-of-a-heartbeat';

const open = useWorld();
async function world(options?: WorldOptions): Promise<World> {
  const made = await open(options);
  made.status('task-1', 'RUNNING');
  return made;
}

/** The world's configuration with a heartbeat. */
function beating({ config, receiver }: World, url = receiver.url(CANARY), allowInsecure = true): Config {
  return { ...config, settings: { ...config.settings, heartbeat: { url: new Secret(url), allowInsecure } } };
}

const beats = ({ receiver }: World) => receiver.at(CANARY);
const complaints = ({ log }: World) =>
  log.flatMap((entry) =>
    entry.kind === 'problem' && entry.message.includes('heartbeat') ? [entry.message] : [],
  );

describe('the heartbeat', () => {
  test('is called once after every healthy tick, when everything was sent', async () => {
    const made = await world();
    let sentBefore = -1;
    made.receiver.answer(CANARY, () => {
      sentBefore = made.events('cutover').length;
      return { status: 204 };
    });
    const config = beating(made);
    await made.tick({ config });
    expect(sentBefore).toBe(1);
    await made.tick({ config });

    expect(beats(made)).toHaveLength(2);
    expect(beats(made)[0]).toMatchObject({ body: '', headers: { 'user-agent': 'dcs-migration-watch' } });
    expect(complaints(made)).toEqual([]);
  });

  test('is called even if one look of several fails, and a channel does not answer once', async () => {
    const made = await world({ tasks: ['task-1', 'task-2'] });
    made.status('task-2', 'RUNNING');
    made.receiver.answer('/cutover', 'reset');
    made.simulator.fault('internal error', 1);
    expect(await made.tick({ config: beating(made) })).toMatchObject({ failedLooks: 1, looks: 2 });
    expect(made.simulator.fired['internal error']).toBe(1);
    expect(beats(made)).toHaveLength(1);
  });

  test('is not called while nothing is seen of a project, and is called again after that', async () => {
    const made = await world();
    made.simulator.fault('internal error', 2);
    for (let tick = 0; tick < 2; tick += 1) await made.tick({ config: beating(made) });
    expect(made.simulator.fired['internal error']).toBe(2);
    expect(beats(made)).toEqual([]);
    await made.tick({ config: beating(made) });
    expect(beats(made)).toHaveLength(1);
  });

  test('is not called while a channel is broken, and is called when it works again', async () => {
    const made = await world();
    made.receiver.answer('/ops', { status: 410 });
    await made.tick({ config: beating(made) });
    made.clock.advance(60_000);
    await made.tick({ config: beating(made) });
    expect(beats(made)).toEqual([]);
    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    made.clock.advance(60 * 60_000);
    await made.tick({ config: beating(made) });
    expect(beats(made)).toHaveLength(1);
  });

  test('is not called when the state could not be saved', async () => {
    const made = await world();
    let fired = 0;
    const store = {
      ...made.store,
      save: async () => {
        fired += 1;
        throw new Error('the disk is full');
      },
    };
    await made.tick({ config: beating(made), store });
    expect(fired).toBeGreaterThan(0);
    expect(beats(made)).toEqual([]);
  });

  test('is not called when the records could not be read', async () => {
    const made = await world();
    const store = { ...made.store, load: () => Promise.reject(new Error('the disk is gone')) };
    await expect(made.tick({ config: beating(made), store })).rejects.toThrow('the disk is gone');
    expect(beats(made)).toEqual([]);
  });
});

describe('the heartbeat for failures', () => {
  const ASKED = '?rid=1';
  const FAILED = `${CANARY}/fail${ASKED}`;
  const other = '/canary-of-another-address';
  function failing(made: World, fail: true | string): Config {
    const config = beating(made, made.receiver.url(CANARY + ASKED));
    const { heartbeat } = config.settings;
    if (heartbeat === undefined) throw new TypeError('no heartbeat');
    const to = fail === true ? fail : new Secret(made.receiver.url(fail));
    return { ...config, settings: { ...config.settings, heartbeat: { ...heartbeat, fail: to } } };
  }

  test.each([
    ['the address with /fail after it', true as const, FAILED],
    ['an address of its own', other, other],
  ])('is %s, called once blindness has lasted for three looks', async (_what, fail, path) => {
    const made = await world();
    made.simulator.fault('internal error', 4);
    for (let tick = 0; tick < 2; tick += 1) await made.tick({ config: failing(made, fail) });
    expect(made.receiver.at(path)).toEqual([]);
    for (let tick = 0; tick < 2; tick += 1) await made.tick({ config: failing(made, fail) });
    expect(made.simulator.fired['internal error']).toBe(4);
    expect(made.receiver.at(path)).toHaveLength(2);
    const good = () => made.receiver.at(CANARY + ASKED).filter((request) => request.path === CANARY + ASKED);
    expect(good()).toEqual([]);
    await made.tick({ config: failing(made, fail) });
    expect(good()).toHaveLength(1);
    expect(made.receiver.at(path)).toHaveLength(2);
  });

  test('is called at once when a channel breaks', async () => {
    const made = await world();
    made.receiver.answer('/cutover', { status: 410 });
    await made.tick({ config: failing(made, true) });
    expect(made.receiver.at(FAILED)).toHaveLength(1);
    expect(complaints(made)).toEqual([]);
  });
});

describe('a failed heartbeat', () => {
  const failures: [what: string, break_: (made: World) => Config, problem: RegExp][] = [
    ['is answered with an error', answered({ status: 500 }), /HTTP 500; check settings\.heartbeat$/],
    ['is answered with a redirect', answered({ status: 302, headers: { location: '/other' } }), /HTTP 302/],
    ['is cut off', answered('reset'), /connection closed/],
    ['leads to no server', (made) => beating(made, `http://127.0.0.1:1${CANARY}`), /connection refused/],
    [
      'leads to no name',
      (made) => beating(made, `http://no-such-host.invalid${CANARY}`),
      /no-such-host\.invalid/,
    ],
    [
      'leads to a private address without permission',
      (made) => beating(made, made.receiver.url(CANARY), false),
      /allowInsecure/,
    ],
  ];

  function answered(answer: Parameters<World['receiver']['answer']>[1]) {
    return (made: World): Config => {
      made.receiver.answer(CANARY, answer);
      return beating(made);
    };
  }

  test.each(failures)(
    'because it %s makes one line without its address, and the tick succeeds',
    async (_what, breakIt, problem) => {
      const made = await world();
      expect(await made.tick({ config: breakIt(made) })).toMatchObject({ events: 1, delivered: 2 });
      expect(complaints(made)).toEqual([expect.stringMatching(problem)]);
      expect(complaints(made)[0]).toMatch(/^the heartbeat call failed: /);
      const lines = made.log.flatMap((entry) => [textLine(entry, new Date(0)), jsonLine(entry, new Date(0))]);
      expect(lines.join('\n')).not.toContain(CANARY);
    },
  );

  test('without an answer ends with the run', async () => {
    const made = await world();
    let asked = 0;
    const server = createServer(() => {
      asked += 1;
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    try {
      const config = beating(made, `http://127.0.0.1:${port}${CANARY}`);
      await made.tick({ config, remainingMs: 200 });
      expect(asked).toBe(1);
      expect(complaints(made)).toEqual([expect.stringContaining('127.0.0.1')]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('without time left is not even tried', async () => {
    const made = await world();
    await made.tick({ config: beating(made), remainingMs: 0 });
    expect(beats(made)).toEqual([]);
    expect(complaints(made)).toEqual(['the heartbeat call failed: no time was left in this run']);
  });
});
