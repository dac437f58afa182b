import { describe, expect, test } from 'vitest';
import { NO_REDIS } from '../../support/redis-server.ts';
import { playBusy } from './busy.ts';
import { allPairs, crashesAfter, playCrashes } from './crashes.ts';
import { playDay } from './days.ts';
import { playOverlap } from './overlaps.ts';
import { traceOf } from './replay.ts';
import { ours } from './simple-designs.ts';
import type { Simulation } from './simulation.ts';
import { allStalls, playStall } from './stalls.ts';
import { type OpenStore, withDynamo, withRedis, withSqlite } from './stores.ts';
import { breachOf } from './totals.ts';

interface Options {
  readonly traced: boolean;
  readonly store?: OpenStore;
}

type Case = (options: Options) => Promise<Simulation>;

/** How much of each exploration is played. */
interface Share {
  readonly everyNthCrash: number;
  readonly everyNthPair: number;
  readonly everyNthStall: number;
  readonly overlaps: number;
  /** Of one day. */
  readonly minutes: number;
}

async function casesOf(share: Share): Promise<Case[]> {
  const nth = <T>(all: readonly T[], n: number) => all.filter((_, index) => index % n === 0);
  const crashes = nth(await crashesAfter(ours, []), share.everyNthCrash).map((crash) => [crash]);
  const pairs = nth(await allPairs(ours), share.everyNthPair);
  const stalls = nth(await allStalls(ours), share.everyNthStall);
  const overlaps = Array.from({ length: share.overlaps }, (_, index) => `stores/${index}`);
  return [
    ...[...crashes, ...pairs].map(
      (crash): Case =>
        (options) =>
          playCrashes(ours, crash, options),
    ),
    ...stalls.map(
      (stall): Case =>
        async (options) =>
          (await playStall(ours, stall, options)).simulation,
    ),
    ...overlaps.map(
      (seed): Case =>
        (options) =>
          playOverlap({ design: ours, seed, ...options }),
    ),
    (options) => playBusy(ours, undefined, options),
    (options) => playDay({ seed: 'stores', minutes: share.minutes, ...options }),
  ];
}

/** Plays each case on a store and in memory. @returns how many */
async function compare(cases: readonly Case[], open: OpenStore): Promise<number> {
  for (const play of cases) {
    const memory = await play({ traced: true });
    const other = await play({ traced: true, store: open });
    expect(traceOf(other)).toEqual(traceOf(memory));
    const outcome = await other.drain();
    expect(breachOf(outcome, Number.POSITIVE_INFINITY)).toBeUndefined();
    expect(outcome).toEqual(await memory.drain());
  }
  return cases.length;
}

describe('every store keeps the promise and leaves the same trace as memory, step by step,', () => {
  test('SQLite', async () => {
    const share = { everyNthCrash: 1, everyNthPair: 40, everyNthStall: 40, overlaps: 200, minutes: 480 };
    const cases = await casesOf(share);
    expect(await withSqlite((open) => compare(cases, open))).toBeGreaterThan(400);
  });

  test.skipIf(NO_REDIS)('a Redis with a replica (with redis-server)', async () => {
    const share = { everyNthCrash: 2, everyNthPair: 100, everyNthStall: 100, overlaps: 100, minutes: 240 };
    const cases = await casesOf(share);
    expect(await withRedis((open) => compare(cases, open))).toBeGreaterThan(200);
  });

  test('the DynamoDB API', async () => {
    const share = { everyNthCrash: 4, everyNthPair: 200, everyNthStall: 200, overlaps: 60, minutes: 240 };
    const cases = await casesOf(share);
    await withDynamo(async (open, requests) => {
      expect(await compare(cases, open)).toBeGreaterThan(100);
      expect(requests.PutItem).toBeGreaterThan(2000);
    });
  });
});
