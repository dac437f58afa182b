import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defined } from '../../lib/base/defined.ts';
import { Secret } from '../../lib/base/secret.ts';
import type { Clock } from '../../lib/base/time/clock.ts';
import type { HttpClient } from '../../lib/http/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { DEFAULT_THRESHOLDS } from '../../lib/migration/model/thresholds.ts';
import { type AnswerBody, realisticAnswer } from '../../lib/simulator/answers.ts';
import type { FaultName } from '../../lib/simulator/faults.ts';
import { type Simulator, startSimulator } from '../../lib/simulator/simulator.ts';
import type { Script } from '../../lib/simulator/tasks.ts';
import { type Goal, goalOf } from '../../lib/wait/goals.ts';
import { type End, type News, waitFor } from '../../lib/wait/wait.ts';

const PROJECT = '254d2280acb74d36a8b839746bcd7352';
const KEYS = { accessKey: 'CANARYAK000000000001', secretKey: 'canary-secret-key-8Hd72ks' };
const SECOND = 1000;
const LOOK_EVERY_MS = 30 * SECOND;

/** Whoever sleeps wakes at once, as much later. */
function createLeapingClock(): Clock {
  let now = Date.parse('2026-01-05T02:00:00Z');
  return {
    now: () => now,
    elapsed: () => now,
    async sleep(ms) {
      now += ms;
    },
  };
}

const clock = createLeapingClock();
let simulator: Simulator;
let http: HttpClient;
let number = 0;

beforeAll(async () => {
  simulator = await startSimulator({ credentials: KEYS, projectId: PROJECT, clock });
  http = createHttpClient();
});
afterEach(() => {
  simulator.clearFaults();
  for (const kind of ['show', 'list', 'stats', 'logs'] as const) simulator.allow(kind);
});
afterAll(async () => {
  await http.close();
  await simulator.close();
});

interface Waited {
  readonly end: End;
  readonly news: readonly News[];
  /** The type of each event, or `look failed` and the like. */
  readonly types: readonly string[];
  readonly looks: number;
  readonly tookMs: number;
}

interface WaitedOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
  /** Called with each look's number, before it. */
  readonly before?: (look: number) => void;
  readonly stopping?: AbortSignal;
}

/** Waits for words while a new task plays a script, one answer for each look. */
async function waitOn(
  script: Omit<Script, 'stepMs'> | undefined,
  words: string,
  {
    timeoutMs,
    intervalMs = LOOK_EVERY_MS,
    before,
    stopping = new AbortController().signal,
  }: WaitedOptions = {},
): Promise<Waited> {
  number += 1;
  const taskId = `task-${number}`;
  if (script !== undefined) simulator.play(taskId, script);
  let looks = 0;
  const stepping: HttpClient = {
    request(request, limits) {
      if (request.url.pathname.endsWith(taskId)) {
        looks += 1;
        if (looks > 1) simulator.advance();
        before?.(looks);
      }
      if (looks > 500) throw new Error('waits for ever');
      return http.request(request, limits);
    },
    close: () => http.close(),
  };
  const news: News[] = [];
  const startedAt = clock.elapsed();
  const end = await waitFor(
    defined({
      access: {
        projectId: PROJECT,
        region: 'cn-north-4',
        endpoint: simulator.endpoint,
        credentials: { accessKey: new Secret(KEYS.accessKey), secretKey: new Secret(KEYS.secretKey) },
        allowInsecure: true,
      },
      taskId,
      http: stepping,
      clock,
      watch: {
        projectId: PROJECT,
        taskId,
        project: 'prod',
        region: 'cn-north-4',
        labels: {},
        consoleUrl: '',
        stamp: { nonce: 'n' },
        thresholds: DEFAULT_THRESHOLDS,
      },
      goals: goalsIn(words),
      intervalMs,
      timeoutMs,
      stopping,
      say: (one: News) => news.push(one),
    }),
  );
  const types = news.map((one) =>
    one.kind === 'change' ? one.event.type.replace('dcs.migration.', '') : one.kind,
  );
  return { end, news, types, looks, tookMs: clock.elapsed() - startedAt };
}

function goalsIn(words: string): Goal[] {
  return words.split(',').map((word) => {
    const goal = goalOf(word);
    if (typeof goal === 'string') throw new Error(goal);
    return goal;
  });
}

function statuses(...all: readonly (string | AnswerBody | null)[]): (AnswerBody | null)[] {
  return all.map((one) => (typeof one === 'string' ? realisticAnswer(one) : one));
}

function offsets(...all: readonly (number | null)[]): (AnswerBody | undefined)[] {
  return all.map((offset) => ({ offset, full_migration_progress: 100 }));
}

const FULL_METHOD = { migration_method: 'full_amount_migration' };

describe('a wait for ready', () => {
  it('ends when detection says so: in step for three looks', async () => {
    const { end, types, looks } = await waitOn(
      {
        answers: statuses('RUNNING', 'FULLMIGRATING', 'INCRMIGEATING'),
        stats: [undefined, { full_migration_progress: 10 }, { offset: 0 }],
      },
      'ready',
    );
    expect(end).toMatchObject({ kind: 'reached', goal: { word: 'ready' } });
    expect(looks).toBe(5);
    expect(types.at(-1)).toBe('cutover_ready');
  });

  it('is not misled by a lag that wavers', async () => {
    const { end, looks } = await waitOn(
      {
        answers: statuses(...Array(7).fill('INCRMIGEATING')),
        stats: offsets(0, 0, 500_000, 0, 0, 500_000, 0),
      },
      'ready',
    );
    expect(end).toMatchObject({ kind: 'reached' });
    expect(looks).toBe(9);
  });

  it('goes on through a full synchronisation that begins anew', async () => {
    const { end, types } = await waitOn(
      {
        answers: statuses('INCRMIGEATING', 'INCRMIGEATING', 'FULLMIGRATING', 'INCRMIGEATING'),
        stats: [...offsets(0, 0), { full_migration_progress: 5 }, { offset: 0 }],
      },
      'ready',
    );
    expect(end).toMatchObject({ kind: 'reached' });
    expect(types).toContain('regressed');
  });

  it('never takes figures for granted that cannot be read', async () => {
    simulator.fault('bad gateway', 1000, 'stats');
    const { end } = await waitOn({ answers: statuses('INCRMIGEATING') }, 'ready', { timeoutMs: 3_600_000 });
    expect(end).toEqual({ kind: 'time over' });
  });

  it('ends after three looks where the key may not read the figures, unless something else may come', async () => {
    simulator.deny('stats');
    const { end, looks } = await waitOn({ answers: statuses('INCRMIGEATING') }, 'ready');
    expect(end).toMatchObject({
      kind: 'refused',
      failure: {
        reason: 'not authorised',
        detail: expect.stringContaining('read the statistics of migration tasks'),
      },
    });
    expect(looks).toBe(3);
    const script = { answers: statuses(...Array(9).fill('INCRMIGEATING'), 'TERMINATED') };
    expect((await waitOn(script, 'ready,stopped')).end).toMatchObject({ kind: 'reached' });
  });

  it('goes on where the key could not read them for a moment', async () => {
    const { end } = await waitOn({ answers: statuses('INCRMIGEATING'), stats: offsets(0) }, 'ready', {
      before: (look) => (look <= 2 ? simulator.deny('stats') : simulator.allow('stats')),
    });
    expect(end).toMatchObject({ kind: 'reached' });
  });

  it.each(['SUCCESS', 'TERMINATED', 'RELEASED', 'MIGRATION_FAILED', 'DELETED'])(
    'ends with another end: %s',
    async (status) => {
      const { end } = await waitOn(
        { answers: statuses('FULLMIGRATING', status), stats: [{ full_migration_progress: 50 }] },
        'ready',
      );
      expect(end).toMatchObject({ kind: 'over' });
    },
  );
});

describe('a wait for an end', () => {
  it('is over when the list has the task that succeeded', async () => {
    const { end } = await waitOn(
      { answers: [realisticAnswer('FULLMIGRATING', FULL_METHOD), realisticAnswer('SUCCESS', FULL_METHOD)] },
      'succeeded',
    );
    expect(end).toMatchObject({ kind: 'reached', goal: { word: 'succeeded' } });
  });

  it('does not take a deleted task for one that succeeded', async () => {
    const { end, types } = await waitOn(
      { answers: statuses('FULLMIGRATING', 'SUCCESS'), listed: [{}, null] },
      'succeeded,SUCCESS',
    );
    expect(end).toMatchObject({ kind: 'over', words: 'it ended as gone (DELETED)' });
    expect(types.at(-1)).toBe('gone');
  });

  it.each(['succeeded', 'SUCCESS'])(
    'does not believe a success that nobody can confirm: %s',
    async (word) => {
      simulator.deny('list');
      const { end } = await waitOn({ answers: statuses('FULLMIGRATING', 'SUCCESS') }, word);
      expect(end).toMatchObject({
        kind: 'over',
        words: expect.stringContaining('a deleted task reads the same'),
      });
    },
  );

  it('asks again while the list cannot be read for a moment', async () => {
    const { end, looks } = await waitOn({ answers: statuses('FULLMIGRATING', 'SUCCESS') }, 'succeeded', {
      before: (look) => {
        if (look === 2) simulator.fault('bad gateway', 1, 'list');
      },
    });
    expect(end).toMatchObject({ kind: 'reached' });
    expect(looks).toBe(3);
  });

  it('goes on as long as the list may yet confirm a success', async () => {
    const { end, types } = await waitOn({ answers: statuses('FULLMIGRATING', 'SUCCESS') }, 'succeeded', {
      before: (look) => {
        simulator.clearFaults();
        if (look >= 2 && look <= 9) simulator.fault('bad gateway', 1, 'list');
      },
    });
    expect(end).toMatchObject({ kind: 'reached' });
    expect(types).toEqual(['first_seen', 'status_changed', 'status_changed']);
  });

  it('does not take a success that left the target behind for one', async () => {
    const script = { answers: statuses('INCRMIGEATING', 'SUCCESS'), stats: offsets(90_000_000, 0) };
    const { end } = await waitOn(script, 'succeeded');
    expect(end).toMatchObject({
      kind: 'over',
      words: expect.stringContaining('was not shown to be in step'),
    });
    expect((await waitOn(script, 'SUCCESS')).end).toMatchObject({ kind: 'reached' });
  });

  it('does not take an IP switch that was rolled back for a success', async () => {
    const rolledBack = realisticAnswer('SUCCESS', { task_status: 'ROLLBACK_SUCCESS' });
    const script = { answers: [...statuses('INCRMIGEATING'), rolledBack], stats: offsets(0, 0) };
    expect((await waitOn(script, 'succeeded')).end).toMatchObject({ kind: 'over' });
    expect((await waitOn(script, 'ROLLBACK_SUCCESS')).end).toMatchObject({ kind: 'reached' });
  });

  it.each([
    ['stopped', 'TERMINATED'],
    ['failed', 'MIGRATION_FAILED'],
    ['failed', 'ERROR'],
    ['MIGRATION_FAILED', 'MIGRATION_FAILED'],
    ['released', 'RELEASED'],
    ['ready,stopped', 'TERMINATED'],
  ])('for %s ends with %s', async (words, status) => {
    expect((await waitOn({ answers: statuses('INCRMIGEATING', status) }, words)).end).toMatchObject({
      kind: 'reached',
      goal: { word: words.split(',').at(-1) },
    });
  });

  it('for a release or a deletion goes on after other ends', async () => {
    const script = { answers: statuses('INCRMIGEATING', 'TERMINATED', 'RELEASED', null) };
    expect((await waitOn(script, 'released')).looks).toBe(3);
    const { end, looks } = await waitOn(script, 'gone');
    expect(end).toMatchObject({ kind: 'reached', goal: { word: 'gone' } });
    expect(looks).toBe(5);
    expect((await waitOn(script, 'succeeded,gone')).looks).toBe(2);
  });
});

describe('a wait for a phase', () => {
  it.each([
    ['full', 'FULLMIGRATING'],
    ['incremental', 'INCRMIGRATING'],
    ['INCRMIGEATING', 'INCRMIGRATING'],
    ['unknown', 'SHUFFLING'],
  ])('%s ends with %s', async (word, status) => {
    expect((await waitOn({ answers: statuses('RUNNING', status) }, word)).end).toMatchObject({
      kind: 'reached',
    });
  });

  it('ends when the phase has passed between two looks', async () => {
    expect((await waitOn({ answers: statuses('RUNNING', 'INCRMIGEATING') }, 'full')).end).toMatchObject({
      kind: 'reached',
      goal: { word: 'full' },
    });
  });

  it('of an IP switch ends with it', async () => {
    const switching = realisticAnswer('INCRMIGEATING', { task_status: 'EXCHANGING' });
    const script = { answers: [...statuses('INCRMIGEATING'), switching] };
    expect((await waitOn(script, 'switching')).end).toMatchObject({ kind: 'reached' });
    expect((await waitOn(script, 'EXCHANGING')).end).toMatchObject({ kind: 'reached' });
  });
});

describe('a look that fails during a wait', () => {
  const PASSING: readonly FaultName[] = [
    'bad gateway',
    'internal error',
    'unavailable',
    'HTML instead of JSON',
    'JSON cut at the password',
    'blocked by a firewall',
    'proxy wants a login',
    'redirect',
    'not HTTP',
  ];

  it.each(PASSING)('is made again: %s', async (fault) => {
    // Twice for each look, because a request that breaks on a kept-alive connection is repeated at once.
    const { end, types } = await waitOn({ answers: statuses('FULLMIGRATING') }, 'full', {
      before: (look) => {
        if (look === 1) simulator.fault(fault, 2);
        else simulator.clearFaults();
      },
    });
    expect(end).toMatchObject({ kind: 'reached' });
    expect(types.slice(0, 2)).toEqual(['look failed', 'looks again']);
  });

  it('is reported once as long as it fails alike, and again when it works', async () => {
    const { types } = await waitOn({ answers: statuses('FULLMIGRATING', 'SUCCESS') }, 'succeeded', {
      before: (look) => {
        simulator.clearFaults();
        if (look >= 2 && look <= 9) simulator.fault('bad gateway');
      },
    });
    expect(types).toEqual(['first_seen', 'look failed', 'looks again', 'status_changed']);
  });

  it('is made again after the pause that the service asks for', async () => {
    const { end, tookMs } = await waitOn({ answers: statuses('FULLMIGRATING') }, 'full', {
      intervalMs: SECOND,
      before: (look) => {
        if (look === 1) simulator.fault('throttled for 7 s');
      },
    });
    expect(end).toMatchObject({ kind: 'reached' });
    expect(tookMs).toBe(7 * SECOND);
  });

  it.each<FaultName>(['key unknown', 'key locked', 'signature refused', 'token outdated', 'unauthorized'])(
    'ends the wait at once when the key is refused: %s',
    async (fault) => {
      const { end, looks, types } = await waitOn({ answers: statuses('FULLMIGRATING') }, 'succeeded', {
        before: (look) => {
          if (look === 3) simulator.fault(fault);
        },
      });
      expect(end).toMatchObject({ kind: 'refused', failure: { isKeyRefused: true } });
      expect(looks).toBe(3);
      expect(types).toEqual(['first_seen']);
    },
  );

  it.each<FaultName>([
    'policy denies',
    'project of somebody else',
    'task id malformed',
    'project id malformed',
    'API not published',
  ])('ends the wait at once when nothing would help: %s', async (fault) => {
    simulator.fault(fault);
    const { end, looks } = await waitOn({ answers: statuses('FULLMIGRATING') }, 'full');
    expect(end).toMatchObject({ kind: 'refused' });
    expect(looks).toBe(1);
  });

  it.each<FaultName>(['blocked by a firewall', 'proxy wants a login'])(
    'ends the wait when nothing comes through to DCS: %s',
    async (fault) => {
      const { end, looks } = await waitOn({ answers: statuses('FULLMIGRATING') }, 'full', {
        before: () => simulator.fault(fault),
      });
      expect(end).toMatchObject({
        kind: 'refused',
        failure: { detail: expect.stringContaining('Allow requests') },
      });
      expect(looks).toBe(3);
      const { looks: later } = await waitOn({ answers: statuses('FULLMIGRATING') }, 'gone', {
        before: (look) => look > 1 && simulator.fault(fault),
      });
      expect(later).toBe(11);
    },
  );

  it('is made again when a key that could see the task lacks the right for a moment', async () => {
    const denied = (times: number) =>
      waitOn({ answers: statuses('FULLMIGRATING', 'SUCCESS') }, 'succeeded', {
        before: (look) => {
          if (look === 2) simulator.fault('policy denies', times);
        },
      });
    expect((await denied(2)).end).toMatchObject({ kind: 'reached' });
    expect((await denied(3)).end).toMatchObject({ kind: 'refused', failure: { reason: 'not authorised' } });
  });

  it('ends the wait when the task does not exist, twice in a row', async () => {
    const { end, looks, tookMs } = await waitOn(undefined, 'gone');
    expect(end).toMatchObject({ kind: 'refused', failure: { kind: 'missing' } });
    expect({ looks, tookMs }).toEqual({ looks: 2, tookMs: 5 * SECOND });
  });

  it('is no end when the task is missed once', async () => {
    const { end } = await waitOn({ answers: statuses('FULLMIGRATING', null, 'SUCCESS') }, 'succeeded');
    expect(end).toMatchObject({ kind: 'reached' });
  });
});

describe('a wait', () => {
  it('has no upper bound of its own, and says once an hour that it goes on', async () => {
    const stop = new AbortController();
    const { end, types, tookMs } = await waitOn(
      { answers: statuses('FULLMIGRATING'), stats: [{ full_migration_progress: 1 }] },
      'succeeded',
      {
        intervalMs: 600 * SECOND,
        stopping: stop.signal,
        before: (look) => {
          if (look === 6 * 30 + 1) stop.abort('SIGINT');
        },
      },
    );
    expect(end).toEqual({ kind: 'stopped', signal: 'SIGINT' });
    expect(tookMs).toBe(30 * 3_600_000);
    expect(types.filter((one) => one === 'still')).toHaveLength(29);
  });

  it('ends when its time is over, and with a timeout of 0 after one look', async () => {
    const script = { answers: statuses('FULLMIGRATING') };
    const { end, tookMs } = await waitOn(script, 'succeeded', { timeoutMs: 100 * SECOND });
    expect({ end, tookMs }).toEqual({ end: { kind: 'time over' }, tookMs: 100 * SECOND });
    expect(await waitOn(script, 'succeeded', { timeoutMs: 0 })).toMatchObject({
      end: { kind: 'time over' },
      looks: 1,
    });
    expect(await waitOn(script, 'full', { timeoutMs: 0 })).toMatchObject({
      end: { kind: 'reached' },
      looks: 1,
    });
  });
});
