import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../lib/store/memory.ts';
import type { Store } from '../../../lib/store/store.ts';
import { BROKEN_DESIGNS } from './broken-designs.ts';
import { CANARIES, showsSecret } from './canaries.ts';
import { everyCrash, playCrashes } from './crashes.ts';
import { everyDeadChannel } from './outages.ts';
import { everyInterleaving } from './overlaps.ts';
import { replay, traceOf } from './replay.ts';
import { ours, saveThenSend, sendThenSave } from './simple-designs.ts';
import { everyStall } from './stalls.ts';
import { lineOf, named } from './totals.ts';

describe('the harness finds', () => {
  test('the events that "save, then send" loses', async () => {
    expect((await everyCrash(saveThenSend)).lost).toBeGreaterThan(0);
    expect((await everyDeadChannel(saveThenSend, ['reset'])).lost).toBeGreaterThan(0);
  });

  test('the events that "send, then save" repeats, and those that it invents', async () => {
    expect((await everyCrash(sendThenSave)).duplicates).toBeGreaterThan(0);
    const opening = 'a transition';
    const overlap = await everyInterleaving({ design: sendThenSave, opening, moves: false });
    expect(overlap.totals.unexplained).toBeGreaterThan(0);
    expect((await everyDeadChannel(sendThenSave, ['reset'])).unexplained).toBeGreaterThan(0);
    expect((await everyStall(sendThenSave, 30)).invented).toBeGreaterThan(0);
  });

  test.each(BROKEN_DESIGNS)(
    'our own design with one mistake ($design.name) by $shows, and replays it from its printed name',
    async ({ design, explore, shows }) => {
      const totals = await explore(design);
      expect(totals[shows]).toBeGreaterThan(0);

      const broken = totals.broken.find(({ outcome }) => outcome[shows] > 0);
      const { schedule = '', outcome } = broken ?? {};
      expect(broken && lineOf(broken)).toMatch(new RegExp(`^"${schedule}": .*${shows} \\d+`));
      expect(await (await replay(design, schedule)).drain()).toEqual(outcome);
      // The same words, played with what is not broken, keep the promise.
      expect((await (await replay(ours, schedule)).drain())[shows]).toBe(0);
    },
  );

  test('the step at which the promise is broken', async () => {
    const newestFirst = BROKEN_DESIGNS.find(({ shows }) => shows === 'outOfOrder');
    const totals = newestFirst && (await newestFirst.explore(newestFirst.design));
    expect(totals?.broken.map(({ breach }) => breach)).toContainEqual(
      expect.stringMatching(/first at step \d+, send \w+ [2-9]$/),
    );
  });

  test('a store that forgets what it acknowledged', async () => {
    const store = (now: () => number) => forgetful(createMemoryStore({ now }));
    const simulation = await playCrashes(ours, [], { store });
    const outcome = await simulation.drain();
    expect(outcome.forgotten).toBeGreaterThan(0);
    expect(outcome.since).toContain('save task:task-1');
  });

  test('each secret, in whatever form it shows', () => {
    const secrets = Object.values(CANARIES).map((canary) =>
      typeof canary === 'string' ? canary : canary('x'),
    );
    for (const secret of secrets) {
      const bytes = Buffer.from(secret);
      const forms = [secret, encodeURIComponent(secret), JSON.stringify({ secret }), bytes.toString('hex')];
      const padded = ['', '.', '../..'].map((before) => Buffer.from(before + secret).toString('base64'));
      for (const form of [...forms, ...padded]) expect(showsSecret(`so ${form} so`), form).toBe(true);
    }
    expect(secrets.length).toBeGreaterThan(8);
    expect(showsSecret('nothing of the kind')).toBe(false);
  });
});

/** Acknowledges every fifth write and does nothing. */
function forgetful(store: Store): Store {
  let writes = 0;
  return {
    ...store,
    async save(item) {
      writes += 1;
      return writes % 5 === 0 ? 'saved' : store.save(item);
    },
  };
}

describe('a case', () => {
  test.each([
    'dies after step 4 and dies before step 11',
    'busy, dies before step 99',
    'a transition and on, choices 0.0.1.0.1.2',
    'quiet hours, dies after step 40',
    'quiet day quiet/1 of 60 minutes',
    'mute that is ended, dies after step 40',
    'muted day mute/1 of 60 minutes',
    'live, dies after step 12',
    'live day live/1 of 60 minutes',
    'overlap ci/7',
    'day ci/1 of 60 minutes',
    'tick 1 stalls at step 3, wakes 2 steps late, in turns',
    'store answer lost at request 5, 1 in a row',
    'look throttled for a while at look 2, 3 in a row',
    'answer late answer at send 2',
    'channel audit answers for ever: gone 410',
    'only channel ops answers for ever: reset',
    'channel cutover answers for two hours: time-out',
    'clock in 2038 in 1 ticks from 0, dies at 3',
    'a redrive and a tick that sees a change, choices 0.1.0.1',
    'redrives, dies after step 40',
    'redrives ci/1 of 20 minutes',
  ])('is replayed from its name, byte for byte: %s', async (words) => {
    const [first, second] = [await replay(ours, words), await replay(ours, words)];
    expect(traceOf(first).length).toBeGreaterThan(5);
    expect(traceOf(second)).toEqual(traceOf(first));
  });

  test('that throws is named, too', async () => {
    const thrown = named('overlap ci/7', () => Promise.reject(new Error('a mistake')));
    await expect(thrown).rejects.toMatchObject({
      message: '"overlap ci/7" threw',
      cause: { message: 'a mistake' },
    });
  });
});
