import { describe, expect, test } from 'vitest';
import { everyAnswer, everyLookFault, everyStoreFault } from './accidents.ts';
import { everyWrongClock } from './clocks.ts';
import { delaysAt } from './delays.ts';
import { expectFired, expectKept } from './expectations.ts';
import { NO_FAULTS, STORE_FAULTS } from './faults.ts';
import { CHANNELS } from './network.ts';
import { everyDeadChannel, everyOutage, playFlood } from './outages.ts';
import { ANSWERS, type Answer, takingOf } from './receivers.ts';
import { LOOK_FAILURES, LOOK_GLITCHES } from './service.ts';
import { ours } from './simple-designs.ts';
import { createSimulation } from './simulation.ts';
import { breachOf } from './totals.ts';

const HOUR = 3_600_000;
/** First seen and three transitions: the events of each channel in one case. */
const EVENTS = 4;

describe('an occasional fault costs no more than it must', () => {
  test('a store that fails, loses its answer or returns old data, at every request', async () => {
    const totals = await everyStoreFault(ours);
    expectKept(totals);
    expectFired(
      totals,
      STORE_FAULTS.map((fault) => `store: ${fault}`),
    );
    expectFired(totals, ['store: acknowledgement lost', 'store: conflict']);
    expect(totals).toMatchObject({ most: 1, dead: 0 });
  });

  test('a look that fails, at every look: nothing is sent twice, and nothing false', async () => {
    const totals = await everyLookFault(ours);
    expectKept(totals);
    expectFired(
      totals,
      [...LOOK_FAILURES, ...LOOK_GLITCHES].map((fault) => `look: ${fault}`),
    );
    expect(totals).toMatchObject({ duplicates: 0, dead: 0 });
  });

  test('every answer, at every send: a copy only where the answer was ambiguous', async () => {
    const totals = await everyAnswer(ours);
    expectKept(totals);
    expectFired(
      totals,
      ANSWERS.map((answer) => `answer: ${answer}`),
    );
    const times = (answer: Answer) => totals.fired.get(`answer: ${answer}`) ?? 0;
    const ambiguous = ANSWERS.filter((answer) => takingOf(answer, 'programs').unknown > 0);
    expect(totals.duplicates).toBe(ambiguous.reduce((sum, answer) => sum + times(answer), 0));
  });

  test('a channel that never works costs the others nothing, and ends as dead letters', async () => {
    const totals = await everyDeadChannel(ours);
    expectKept(totals);
    expectFired(totals, [
      'dead letter: deadline',
      'delivery: broken',
      'delivery: pause',
      'delivery: transient',
    ]);
    expect(totals).toMatchObject({ duplicates: 0, dead: EVENTS * totals.cases });
  });

  test('a channel that is back after two hours gets everything pending, in order', async () => {
    const { totals, longestMs } = await everyOutage(ours);
    expectKept(totals);
    expect(totals).toMatchObject({ duplicates: 0, dead: 0 });
    expect(longestMs).toBeLessThan(3 * HOUR);
  });

  test('more changes than an outbox holds: it stays bounded, and the oldest end as dead letters', async () => {
    const simulation = await playFlood(ours, 'cutover');
    const outcome = await simulation.drain();
    expect(breachOf(outcome, 0)).toBeUndefined();
    expect(outcome.deliveries).toBe(600);
    expect(simulation.fired.counts.get('dead letter: overflow')).toBe(outcome.dead);
    expect(outcome.dead).toBeGreaterThan(0);
    expect(simulation.largest.outboxEvents).toBe(64);
  });

  test('more changes than an outbox holds, for a chat that is down: no dead letters, but fewer messages', async () => {
    const simulation = await playFlood(ours, 'ops');
    const outcome = await simulation.drain();
    expect(breachOf(outcome, 0)).toBeUndefined();
    expect([outcome.deliveries, outcome.dead]).toEqual([600, 0]);
    expect(simulation.fired.counts.get('answer: reset')).toBeGreaterThan(0);
    expect(simulation.largest.outboxEvents).toBeLessThan(64);
  });

  test('a clock that is an hour behind, an hour ahead or in 2038: nothing is held up', async () => {
    const { totals, longestMs } = await everyWrongClock(ours);
    expectKept(totals);
    expectFired(totals, ['clock: behind', 'clock: ahead', 'clock: in 2038']);
    expect(totals.most).toBe(1);
    // The waits between attempts, not the clock: a lease, a wait or a rest until 2038 would never end.
    expect(longestMs).toBeLessThan(6 * HOUR);
  });

  test('a trigger that comes twice, again, or six hours late: no extra event', async () => {
    const simulation = createSimulation({ design: ours, faults: NO_FAULTS });
    await simulation.start();
    await simulation.start();
    await simulation.finish();
    await simulation.tick();
    simulation.pass(6 * HOUR);
    await simulation.tick();
    expect(simulation.received).toHaveLength(CHANNELS.length);

    simulation.move('task-1', 'FULLMIGRATING');
    simulation.pass(6 * HOUR);
    await simulation.start();
    await simulation.start();
    await simulation.finish();
    await simulation.tick();
    expect(simulation.received).toHaveLength(2 * CHANNELS.length);
    expect(breachOf(await simulation.drain(), 0)).toBeUndefined();
  });
});

test('without failures receivers get events in the same tick; with more failures, later', async () => {
  const calm = await delaysAt(0, { seed: 'ci', minutes: 480 });
  expect(calm).toMatchObject({ p50: 0, p99: 0 });
  expect(calm.deliveries).toBeGreaterThan(50);
  expect((await delaysAt(0.5, { seed: 'ci', minutes: 480 })).p99).toBeGreaterThan(0);
});
