import { describe, expect, test } from 'vitest';
import type { Channel, Outcome } from '../../../../lib/channels/channel.ts';
import { deliver } from '../../../../lib/delivery/deliver.ts';
import { openChannelHealth } from '../../../../lib/delivery/health/channel-health.ts';
import { paceAfter } from '../../../../lib/delivery/outbox/backoff/pace.ts';
import { enqueue } from '../../../../lib/delivery/outbox/enqueue.ts';
import { WATCHER_KEY } from '../../../../lib/records/keys.ts';
import { loadRecords, loadWatcher } from '../../../../lib/records/partition.ts';
import { type ChannelPace, newRecord } from '../../../../lib/records/record.ts';
import { saveRecord } from '../../../../lib/records/records.ts';
import { createMemoryStore } from '../../../../lib/store/memory.ts';
import { eventOf } from '../../../migration/events.ts';
import { STAMP } from '../../../support/stamp.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const START = Date.parse('2026-01-05T00:00:00.000Z');

const TAKEN: Outcome = { class: 'delivered', reason: 'HTTP 200', status: 200, ms: 0 };
const REFUSED: Outcome = { class: 'pause', reason: 'HTTP 429', status: 429, ms: 0 };

const at = (ms: number) => new Date(START + ms);

/** One attempt that is answered in the same millisecond. */
function learn(pace: ChannelPace | undefined, outcome: Outcome, ms: number) {
  return paceAfter(pace, outcome, { startedAt: at(ms), now: at(ms) });
}

/** A receiver that takes one request in so many milliseconds, and answers 429 to all others. */
function receiverOf(takesEveryMs: number) {
  let freeAt = 0;
  return (ms: number): Outcome => {
    if (ms < freeAt) return REFUSED;
    freeAt = ms + takesEveryMs;
    return TAKEN;
  };
}

/** Asks as often as was learnt, until so many requests are taken. Waits and rests take no longer than they say. */
function ask(answer: (ms: number) => Outcome, requests: number) {
  let pace: ChannelPace | undefined;
  let ms = 0;
  let taken = 0;
  let refused = 0;
  while (taken < requests && ms < 72 * HOUR) {
    const outcome = answer(ms);
    if (outcome === TAKEN) taken += 1;
    else refused += 1;
    const learnt = learn(pace, outcome, ms);
    ({ pace } = learnt);
    ms += Math.max(1, learnt.openMs ?? 0, pace?.everyMs ?? 0);
  }
  return { taken, refused, ms, pace };
}

describe('A receiver that asks for less', () => {
  test.each([
    ['a second', SECOND, 5000, 3 * HOUR],
    ['five seconds', 5 * SECOND, 5000, 12 * HOUR],
    ['thirty seconds', 30 * SECOND, 4000, 60 * HOUR],
  ])(
    'and takes one request in %s gets thousands of events at that pace, and seldom refuses one',
    (_, everyMs, events, withinMs) => {
      const { taken, refused, ms } = ask(receiverOf(everyMs), events);
      expect(taken).toBe(events);
      expect(ms).toBeLessThan(withinMs);
      expect(refused).toBeGreaterThan(0);
      expect(refused).toBeLessThan(taken / 20);
    },
  );

  test('A receiver that answers 429 to everything is left alone for longer each time, up to ten minutes', () => {
    let pace: ChannelPace | undefined;
    let ms = 0;
    const minutes = Array.from({ length: 7 }, () => {
      const learnt = learn(pace, REFUSED, ms);
      ({ pace } = learnt);
      ms += learnt.openMs ?? 0;
      return (learnt.openMs ?? 0) / MINUTE;
    });
    expect(minutes).toEqual([1, 1, 2, 4, 8, 10, 10]);
  });

  test('after it took an event is only sent to more slowly', () => {
    const { pace } = learn(learn(undefined, REFUSED, 0).pace, TAKEN, MINUTE);
    const asked = learn(pace, REFUSED, MINUTE + SECOND);
    expect(asked.openMs).toBe(0);
    expect(asked.pace?.everyMs).toBeGreaterThan(pace?.everyMs ?? Number.POSITIVE_INFINITY);
  });

  test('A receiver that takes everything again soon gets events at full speed', () => {
    const { pace } = learn(undefined, REFUSED, 0);
    let now = pace;
    let ms = MINUTE;
    for (; now !== undefined && ms < HOUR; ms += now?.everyMs ?? 0) now = learn(now, TAKEN, ms).pace;
    expect(now).toBeUndefined();
    expect(ms).toBeLessThan(5 * MINUTE);
  });

  test('after an hour without a 429 is left alone for a minute at the next one', () => {
    const { pace } = learn(learn(undefined, REFUSED, 0).pace, TAKEN, MINUTE);
    expect(learn(pace, REFUSED, HOUR - 1).openMs).toBe(0);
    expect(learn(pace, REFUSED, HOUR).openMs).toBe(MINUTE);
  });

  test('in answers to several simultaneous requests asks once', () => {
    const first = paceAfter(undefined, REFUSED, { startedAt: at(0), now: at(500) });
    const second = paceAfter(first.pace, REFUSED, { startedAt: at(10), now: at(510) });
    const late = paceAfter(second.pace, TAKEN, { startedAt: at(20), now: at(520) });
    expect(second).toEqual({ pace: first.pace, openMs: 0 });
    expect(late.pace).toEqual(first.pace);
  });

  test('and says for how long is believed: its pace is not measured', () => {
    expect(learn(undefined, { ...REFUSED, retryAfterMs: SECOND }, 0)).toEqual({ pace: undefined });
  });
});

/** Time passes only when nobody has anything to do but wait. */
function virtualClock() {
  let time = 0;
  const sleepers: { readonly until: number; wake(): void }[] = [];
  const wakeNext = () => {
    sleepers.sort((a, b) => a.until - b.until);
    const next = sleepers.shift();
    if (next === undefined) return;
    time = Math.max(time, next.until);
    next.wake();
  };
  return {
    now: () => START + time,
    elapsed: () => time,
    sleep: (ms: number) =>
      new Promise<void>((wake) => {
        sleepers.push({ until: time + ms, wake });
        setImmediate(wakeNext);
      }),
    passUntil: (until: number) => {
      time = Math.max(time, until);
    },
  };
}

/** Every record has events pending for one webhook, and one run a minute sends them. */
async function tellAll(records: number, events: number, takesEveryMs: number) {
  const clock = virtualClock();
  const answer = receiverOf(takesEveryMs);
  const requests: { readonly ms: number; readonly id: string; readonly isTaken: boolean }[] = [];
  const channel: Channel = {
    name: 'slow',
    audience: 'programs',
    settings: 's',
    timeoutMs: 15 * SECOND,
    accepts: () => true,
    async send({ events: [event] }) {
      const outcome = answer(clock.elapsed());
      requests.push({ ms: clock.elapsed(), id: event?.id ?? '', isTaken: outcome === TAKEN });
      return outcome;
    },
  };
  const channels = new Map([[channel.name, channel]]);
  const store = createMemoryStore({ now: clock.now });
  for (let task = 0; task < records; task += 1) {
    const pending = Array.from({ length: events }, (_, index) => ({
      ...eventOf(index + 1, { at: START }),
      id: `evt_${task}_${String(index).padStart(3, '0')}`,
      sequence: String(index + 1).padStart(10, '0'),
      time: at(0).toISOString(),
    }));
    const { record } = enqueue(
      newRecord(at(0)),
      pending,
      { to: () => ['slow'], isForPeople: () => false },
      at(0),
    );
    await saveRecord(store, { key: { partition: 'project:p', id: `task:t${task}` }, rev: 0 }, record);
  }
  const project = { id: 'p', name: 'prod', region: 'r', tasks: records, consoleUrl: '', stamp: STAMP };
  const tally = { delivered: 0, dead: 0 };
  for (let pending = 1; pending > 0 && clock.elapsed() < 72 * HOUR; ) {
    const startedAt = clock.elapsed();
    const held = (await loadWatcher(store)).held(WATCHER_KEY.id, new Date(clock.now()));
    const health = openChannelHealth({ store, log: () => undefined, channels, held, project });
    const summary = await deliver((await loadRecords(store, 'project:p')).all(), {
      store,
      channels,
      health,
      clock,
      log: () => undefined,
      random: () => 0.5,
      owner: `run ${startedAt}`,
      endsAt: startedAt + 110 * SECOND,
      nextTickAt: startedAt + MINUTE,
    });
    ({ pending } = summary);
    tally.delivered += summary.delivered;
    tally.dead += summary.dead;
    clock.passUntil(startedAt + MINUTE);
  }
  return { requests, tally, ms: clock.elapsed() };
}

describe('With one run a minute', () => {
  test('A receiver that takes one request a second gets everything pending at nearly that pace, each task in order', async () => {
    for (const [tasks, events] of [
      [20, 6],
      [1, 60],
    ] as const) {
      const { requests, tally, ms } = await tellAll(tasks, events, SECOND);
      expect(tally).toEqual({ delivered: tasks * events, dead: 0 });
      expect(ms).toBeLessThan(10 * MINUTE);
      const taken = requests.filter(({ isTaken }) => isTaken).map(({ id }) => id);
      for (let task = 0; task < tasks; task += 1) {
        const ofTask = taken.filter((id) => id.startsWith(`evt_${task}_`));
        expect(ofTask).toEqual(ofTask.toSorted());
        expect(new Set(ofTask).size).toBe(events);
      }
      const refusedAt = requests.find(({ isTaken }) => !isTaken)?.ms ?? Number.NaN;
      const later = requests.filter((one) => one.ms > refusedAt);
      expect((later[0]?.ms ?? 0) - refusedAt).toBeGreaterThanOrEqual(MINUTE);
      expect(later.filter(({ isTaken }) => !isTaken).length).toBeLessThan(later.length / 8);
    }
  });
});
