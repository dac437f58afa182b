import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { eachAtMost } from '../../lib/base/concurrency.ts';
import { Secret } from '../../lib/base/secret.ts';
import { createDcsClient, type DcsAccess, type DcsClient } from '../../lib/dcs/client.ts';
import { type HttpClient, HttpError, type HttpErrorCode } from '../../lib/http/client.ts';
import type { Look } from '../../lib/migration/model/observation.ts';
import { json, type Reply, realisticAnswer, text } from '../../lib/simulator/answers.ts';
import { createHandClock, type HandClock } from './clock.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const GOOD = json(200, realisticAnswer('SUCCESS', { task_id: undefined }));
const BAD_GATEWAY = text(504, 'text/html', '<html>gateway time-out</html>');
const UNANSWERED = { kind: 'skipped', why: 'the endpoint does not answer' };

/** What becomes of a request after so many milliseconds. */
interface Behaviour {
  readonly afterMs: number;
  readonly end: Reply | HttpErrorCode;
}
const HANGS: Behaviour = { afterMs: 10 * SECOND, end: 'timeout' };
const answers = (afterMs: number): Behaviour => ({ afterMs, end: GOOD });

interface Scene {
  readonly clock: HandClock;
  readonly client: DcsClient;
  /** The paths that were asked for. */
  readonly sent: string[];
  readonly mostAtOnce: () => number;
  /** Looks at so many tasks, 32 at a time, and waits for all; the looks in the order of the tasks. */
  lookAt(count: number, access?: DcsAccess): Promise<{ looks: readonly Look[]; ms: number }>;
}

function createScene(
  behaviourOf: (path: string, sent: number) => Behaviour,
  requestsPerSecond = 1000,
): Scene {
  const clock = createHandClock();
  const sent: string[] = [];
  let open = 0;
  let mostAtOnce = 0;
  const http: HttpClient = {
    async request({ url }) {
      sent.push(url.pathname);
      open += 1;
      mostAtOnce = Math.max(mostAtOnce, open);
      const { afterMs, end } = behaviourOf(url.pathname, sent.length);
      await clock.sleep(afterMs);
      open -= 1;
      if (typeof end === 'string')
        throw new HttpError({ code: end, host: url.host, ms: afterMs, message: `${url.host}: ${end}` });
      return { ...end, truncated: false, ms: afterMs };
    },
    close: () => Promise.resolve(),
  };
  const client = createDcsClient({ http, clock, requestsPerSecond });
  return {
    clock,
    client,
    sent,
    mostAtOnce: () => mostAtOnce,
    async lookAt(count, access = accessTo('dcs.example')) {
      const begun = clock.elapsed();
      const looks: Look[] = [];
      let endedAt = begun;
      const all = eachAtMost(32, [...Array(count).keys()], async (index) => {
        looks[index] = await client.look(access, `task${index}`, begun + HOUR);
        endedAt = clock.elapsed();
      });
      await clock.pass(HOUR);
      await all;
      return { looks, ms: endedAt - begun };
    },
  };
}

function accessTo(host: string, accessKey = 'KEY'): DcsAccess {
  return {
    projectId: '254d2280acb74d36a8b839746bcd7352',
    region: 'cn-north-4',
    endpoint: new URL(`https://${host}`),
    credentials: { accessKey: new Secret(accessKey), secretKey: new Secret('secret') },
    allowInsecure: false,
  };
}

const kinds = (looks: readonly Look[]) =>
  Object.fromEntries([...Map.groupBy(looks, ({ kind }) => kind)].map(([kind, all]) => [kind, all.length]));

describe('an endpoint that does not answer', () => {
  test('costs two time-outs, however many tasks are looked at there', async () => {
    const { lookAt, sent, mostAtOnce } = createScene(() => HANGS);
    const { looks, ms } = await lookAt(1000);
    expect(ms).toBe(20 * SECOND);
    expect(kinds(looks)).toEqual({ failed: 3, skipped: 997 });
    expect(looks.at(-1)).toEqual({
      ...UNANSWERED,
      failure: {
        reason: 'unreachable',
        detail: 'dcs.example: timeout.',
        answer: {
          code: 'no_answer',
          words: 'dcs.example: timeout',
          fault: 'timeout',
          host: 'dcs.example',
        },
      },
    });
    expect(sent).toHaveLength(3);
    expect(mostAtOnce()).toBe(2);
  });

  test.each([
    [1, 1],
    [100, 2],
  ])(
    'costs, after %i answers, no more than %i time-outs: requests under way wait for their own',
    async (first, timeouts) => {
      const { lookAt, sent } = createScene((_path, count) => (count <= first ? answers(20) : HANGS));
      const { looks, ms } = await lookAt(1000);
      expect(ms).toBeLessThan(timeouts * 10 * SECOND + SECOND);
      expect(kinds(looks)).toEqual({ seen: first, failed: sent.length - first, skipped: 1000 - sent.length });
      expect(sent.length).toBeLessThanOrEqual(first + timeouts * 32);
    },
  );

  test('costs no more when a gateway in between times out each time', async () => {
    const { lookAt, sent } = createScene(() => ({ afterMs: 9 * SECOND, end: BAD_GATEWAY }));
    const { looks, ms } = await lookAt(1000);
    expect(kinds(looks)).toEqual({ failed: 3, skipped: 997 });
    expect(ms).toBe(27 * SECOND);
    expect(sent).toHaveLength(3);
  });

  test.each<HttpErrorCode>(['connection', 'dns', 'tls'])(
    'is tried for some more seconds when each request fails at once (%s), because the next may reach another machine',
    async (end) => {
      const { lookAt, sent } = createScene(() => ({ afterMs: 5, end }), 10);
      const { looks, ms } = await lookAt(1000);
      expect(ms).toBeLessThan(11 * SECOND);
      expect(kinds(looks)).toEqual({ failed: sent.length, skipped: 1000 - sent.length });
      expect(sent.length).toBeGreaterThan(50);
    },
  );

  test('is not asked for lists, statistics or logs either', async () => {
    const { lookAt, client, clock, sent } = createScene(() => HANGS);
    const access = accessTo('dcs.example');
    const until = clock.elapsed() + HOUR;
    const looking = eachAtMost(3, [1, 2, 3], async (n) => void (await client.look(access, `${n}`, until)));
    await clock.pass(20 * SECOND);
    await looking;
    for (const answer of [
      await client.list(access, until),
      await client.stats(access, 'a', until),
      await client.logs(access, 'a', until),
    ])
      expect(answer).toMatchObject(UNANSWERED);
    expect(sent).toHaveLength(3);
    expect((await lookAt(0)).looks).toEqual([]);
  });

  test('is detected by lists, statistics and logs, too', async () => {
    const { client, clock, sent } = createScene(() => HANGS);
    const access = accessTo('dcs.example');
    const until = clock.elapsed() + HOUR;
    const asked = [
      client.list(access, until),
      client.stats(access, 'a', until),
      client.logs(access, 'a', until),
    ];
    const look = client.look(access, 'b', until);
    await clock.pass(20 * SECOND);
    expect(await Promise.all(asked)).toMatchObject(Array(3).fill({ kind: 'failed', reason: 'unreachable' }));
    expect(await look).toMatchObject(UNANSWERED);
    expect(sent).toHaveLength(3);
  });

  test('is the same for all keys, and does not affect another endpoint', async () => {
    const { client, clock, sent } = createScene((path) => (path.includes('fine') ? answers(5) : HANGS));
    const until = clock.elapsed() + HOUR;
    const hanging = ['K1', 'K2', 'K3'].map((key) => client.look(accessTo('dcs.example', key), 'a', until));
    await clock.pass(10 * SECOND);
    expect((await Promise.all(hanging)).map(({ kind }) => kind)).toEqual(['failed', 'failed', 'failed']);
    expect(await client.look(accessTo('dcs.example', 'K4'), 'a', until)).toMatchObject(UNANSWERED);
    const other = client.look(accessTo('other.example', 'K1'), 'fine', until);
    await clock.pass(5);
    expect(await other).toMatchObject({ kind: 'seen' });
    expect(sent).toHaveLength(4);
  });

  test('is tried again after half a minute of a long tick, and used as usual when it answers', async () => {
    let isMended = false;
    const { client, clock, sent } = createScene(() => (isMended ? answers(5) : HANGS));
    const access = accessTo('dcs.example');
    const until = clock.elapsed() + HOUR;
    const first = [1, 2, 3].map((n) => client.look(access, `${n}`, until));
    await clock.pass(20 * SECOND);
    await Promise.all(first);
    isMended = true;
    await clock.pass(30 * SECOND - 1);
    expect(await client.look(access, 'a', until)).toMatchObject(UNANSWERED);
    await clock.pass(1);
    const again = [1, 2, 3, 4].map((n) => client.look(access, `${n}`, until));
    for (let rounds = 0; rounds < 3; rounds += 1) await clock.pass(5);
    expect(await Promise.all(again)).toMatchObject(Array(4).fill({ kind: 'seen' }));
    expect(sent).toHaveLength(7);
  });
});

describe('an endpoint that answers', () => {
  test.each([
    ['one task hangs', 1],
    ['five tasks hang', 5],
    ['forty tasks hang', 40],
  ])('is still asked for all other tasks when %s', async (_what, hanging) => {
    const isHanging = (path: string) =>
      Number(path.match(/task(\d+)$/)?.[1]) % (1000 / hanging) === 7 % (1000 / hanging);
    const { lookAt } = createScene((path) => (isHanging(path) ? HANGS : answers(50)), 100);
    expect(kinds((await lookAt(1000)).looks)).toEqual({ failed: hanging, seen: 1000 - hanging });
  });

  test('is still asked for all other tasks when the first two hang', async () => {
    const { lookAt } = createScene((path) => (/task[01]$/.test(path) ? HANGS : answers(50)));
    expect(kinds((await lookAt(100)).looks)).toEqual({ failed: 2, seen: 98 });
  });

  test('is still asked for all tasks when every answer takes nearly as long as its time-out', async () => {
    const { lookAt } = createScene(() => answers(9 * SECOND));
    expect(kinds((await lookAt(100)).looks)).toEqual({ seen: 100 });
  });

  test('is still asked for all tasks when some of the machines behind its name refuse each connection', async () => {
    const { lookAt } = createScene(
      (_path, count) => (count % 4 === 0 ? answers(5) : { afterMs: 1, end: 'connection' }),
      10,
    );
    expect(kinds((await lookAt(400)).looks)).toEqual({ failed: 300, seen: 100 });
  });

  test('is still asked for all tasks when it refuses each of them', async () => {
    const { lookAt } = createScene(() => ({ afterMs: 500, end: json(400, { error_code: 'X.1' }) }), 10);
    expect(kinds((await lookAt(300)).looks)).toEqual({ failed: 300 });
  });
});

test('all looks at a silent endpoint end together', async () => {
  const { client, clock } = createScene(() => HANGS);
  const until = clock.elapsed() + 25 * SECOND;
  const looks = Array.from({ length: 50 }, (_, n) => client.look(accessTo('dcs.example'), `${n}`, until));
  await clock.pass(20 * SECOND);
  await setImmediate();
  expect(kinds(await Promise.all(looks))).toEqual({ failed: 3, skipped: 47 });
  expect(clock.sleepers).toBe(0);
});
