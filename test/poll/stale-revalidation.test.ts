import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HttpClient } from '../../lib/http/client.ts';
import { createHttpClient } from '../../lib/http/undici.ts';
import { DEFAULT_THRESHOLDS } from '../../lib/migration/model/thresholds.ts';
import { WAIT } from '../support/patience.ts';
import type { World } from '../support/world.ts';
import { lags, logged, MINUTE, replicates, ticks, typesAt, world } from './support.ts';

const HOOK = { type: 'webhook' } as const;
const TWO = { cutover: HOOK, audit: HOOK };

/**
 * The network; each answer of ShowMigrationTask goes through `onAnswer` with its number before anybody gets it. Whoever
 * asks for it, or for statistics before it, goes through `onAsk`.
 */
function network(
  onAnswer: (number: number) => Promise<unknown>,
  onAsk = async (_number: number) => {},
): HttpClient {
  const http = createHttpClient();
  onTestFinished(() => http.close());
  let shows = 0;
  return {
    ...http,
    async request(request, limits) {
      if (request.url.pathname.endsWith('/stats')) await onAsk(shows + 1);
      if (!/migration-task\/task-\d$/.test(request.url.pathname)) return http.request(request, limits);
      shows += 1;
      const number = shows;
      await onAsk(number);
      const answer = await http.request(request, limits);
      await onAnswer(number);
      return answer;
    },
  };
}

const eventsOf = (made: World) => logged(made, 'event').map(({ event }) => event);
const typesOf = (made: World, subject: string) =>
  eventsOf(made)
    .filter((event) => event.subject === subject)
    .map(({ type }) => type.slice('dcs.'.length));
const phasesReached = (made: World) =>
  eventsOf(made).flatMap(({ type, data }) =>
    type === 'dcs.migration.status_changed' ? [data.to?.phase] : [],
  );
const isWithdrawn = (made: World) => vi.waitUntil(() => logged(made, 'withdrawn').length > 0, WAIT);

const FELL_BACK = [
  'migration.first_seen',
  'migration.cutover_ready',
  'migration.cutover_unready',
  'migration.status_changed',
  'migration.regressed',
];

describe('a revalidation that another one overtakes', () => {
  test('sends nothing outdated when that was for another channel of the same run', async () => {
    const made = await world({ channels: TWO });
    replicates(made, 'task-1');
    await ticks(made, 2);
    const fallen = Promise.withResolvers<void>();
    const http = network(
      async (number) => {
        if (number !== 2) return;
        made.status('task-1', 'FULLMIGRATING');
        fallen.resolve();
        await isWithdrawn(made);
      },
      async (number) => {
        if (number === 3) await fallen.promise;
      },
    );
    await made.tick({ http });
    made.clock.advance(MINUTE);
    await ticks(made, 2);

    expect(logged(made, 'withdrawn')).toHaveLength(2);
    expect(typesOf(made, 'task-1').slice(0, FELL_BACK.length)).toEqual(FELL_BACK);
    expect(phasesReached(made)).toEqual(['full']);
  });

  test('sends nothing outdated when that was in another run', async () => {
    const made = await world({ channels: { cutover: HOOK } });
    replicates(made, 'task-1');
    await ticks(made, 2);
    const http = network(async (number) => {
      if (number !== 2) return;
      made.status('task-1', 'FULLMIGRATING');
      made.clock.advance(1000);
      expect(await made.tick()).toMatchObject({ changed: 1 });
    });
    await made.tick({ http });
    made.clock.advance(3 * MINUTE);
    await ticks(made, 2);

    expect(typesOf(made, 'task-1').slice(0, FELL_BACK.length)).toEqual(FELL_BACK);
    expect(phasesReached(made)).toEqual(['full']);
  });

  test('is repeated, and a valid event is sent in the same tick', async () => {
    const cutover = { ...DEFAULT_THRESHOLDS.cutover, maxOffset: 100 };
    const settings = { thresholds: { ...DEFAULT_THRESHOLDS, cutover } };
    const made = await world({ channels: TWO, settings });
    replicates(made, 'task-1');
    await ticks(made, 2);
    const lagging = Promise.withResolvers<void>();
    const http = network(
      async (number) => {
        if (number !== 2) return;
        lags(made.simulator, 'task-1', 50);
        lagging.resolve();
        await vi.waitUntil(() => typesAt(made, 'audit').includes('migration.cutover_ready'), WAIT);
      },
      async (number) => {
        if (number > 2) await lagging.promise;
      },
    );
    const before = made.simulator.calls.show;
    expect(await made.tick({ http })).toMatchObject({ pending: 0 });
    expect(made.simulator.calls.show).toBe(before + 4);
    expect(typesAt(made)).toEqual(typesAt(made, 'audit'));
  });

  test('announces no group that was just retracted', async () => {
    const when = { groups: ['orders'] };
    const made = await world({
      tasks: ['task-1', 'task-2'],
      groups: { orders: { tasks: ['task-1', 'task-2'] } },
      channels: { cutover: { ...HOOK, when }, audit: { ...HOOK, when } },
    });
    replicates(made, 'task-1', 'task-2');
    await ticks(made, 2);
    const fallen = Promise.withResolvers<void>();
    // 1 and 2 are the looks, 3 and 4 those of the one review, 5 and 6 those of the other.
    const http = network(
      async (number) => {
        if (number === 4) {
          made.status('task-2', 'FULLMIGRATING');
          fallen.resolve();
        }
        if (number === 3 || number === 4) await isWithdrawn(made);
      },
      async (number) => {
        if (number > 4) await fallen.promise;
      },
    );
    await made.tick({ http });
    made.clock.advance(MINUTE);
    await ticks(made, 2);

    expect(typesOf(made, 'orders')).toEqual(['group.ready', 'group.retracted']);
  });
});
