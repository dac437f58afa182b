import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { Config } from '../lib/config/schema.ts';
import { jsonLine, textLine } from '../lib/log.ts';
import { Secret } from '../lib/secret.ts';
import { createWorld, type World, type WorldOptions } from './support/world.ts';

const CANARY = '/canary-of-a-heartbeat';

const worlds: World[] = [];
async function world(options?: WorldOptions): Promise<World> {
  const made = await createWorld(options);
  worlds.push(made);
  made.status('task-1', 'RUNNING');
  return made;
}
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((made) => made.close()));
});

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
  test('is called once after every good tick, when all is told', async () => {
    const made = await world();
    let toldBefore = -1;
    made.receiver.answer(CANARY, () => {
      toldBefore = made.events('cutover').length;
      return { status: 204 };
    });
    const config = beating(made);
    await made.tick({ config });
    expect(toldBefore).toBe(1);
    await made.tick({ config });

    expect(beats(made)).toHaveLength(2);
    expect(beats(made)[0]).toMatchObject({ body: '', headers: { 'user-agent': 'dcs-migration-watch' } });
    expect(complaints(made)).toEqual([]);
  });

  test('is called although looks fail and channels are down: the watcher works, and says so elsewhere', async () => {
    const made = await world();
    made.receiver.answer('/cutover', 'reset');
    made.simulator.fault('internal error', 1);
    expect(await made.tick({ config: beating(made) })).toMatchObject({ failedLooks: 1 });
    expect(made.simulator.fired['internal error']).toBe(1);
    expect(beats(made)).toHaveLength(1);
  });

  test('is not called when what was seen could not be saved', async () => {
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

describe('a heartbeat that is not heard', () => {
  const troubles: [what: string, break_: (made: World) => Config, said: RegExp][] = [
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

  test.each(troubles)(
    'because it %s is one line without its address, and the tick is done',
    async (_what, breakIt, said) => {
      const made = await world();
      expect(await made.tick({ config: breakIt(made) })).toMatchObject({ events: 1, delivered: 2 });
      expect(complaints(made)).toEqual([expect.stringMatching(said)]);
      expect(complaints(made)[0]).toMatch(/^the heartbeat was not heard: /);
      const lines = made.log.flatMap((entry) => [textLine(entry, new Date(0)), jsonLine(entry, new Date(0))]);
      expect(lines.join('\n')).not.toContain(CANARY);
    },
  );

  test('because nobody answers ends with the run', async () => {
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

  test('because the tick took all the time is not even begun', async () => {
    const made = await world();
    await made.tick({ config: beating(made), remainingMs: 0 });
    expect(beats(made)).toEqual([]);
    expect(complaints(made)).toEqual(['the heartbeat was not heard: no time was left in this run']);
  });
});
