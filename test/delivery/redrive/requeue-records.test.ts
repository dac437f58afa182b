import { describe, expect, test } from 'vitest';
import {
  type HeldDeadLetter,
  loadDeadLetters,
  storeDeadLetters,
} from '../../../lib/delivery/dead-letters.ts';
import { requeueIntoRecord } from '../../../lib/delivery/redrive/requeue-records.ts';
import type { Store } from '../../../lib/store/store.ts';
import { useWorld } from '../../support/use-world.ts';
import { channelsAt, keptOpen, PROJECT_ID, type World } from '../../support/world.ts';
import { everythingIn, redriveIn } from './support.ts';

const MINUTE = 60_000;
const KEY = { partition: `project:${PROJECT_ID}`, id: 'task:task-1' };

const newWorld = useWorld();

/** A dead letter as a run read it earlier. */
async function heldDeadLetter(): Promise<{ world: World; held: HeldDeadLetter }> {
  const world = await newWorld({ channels: { cutover: { type: 'webhook' } } });
  world.receiver.answer('/cutover', { status: 422 });
  world.status('task-1', 'RUNNING');
  await world.tick();
  world.receiver.answer('/cutover', { status: 204 });
  const [held] = (await loadDeadLetters(world.store)).deadLetters;
  if (held === undefined) throw new Error('there is no dead letter');
  return { world, held };
}

/** The result of a requeue now. */
async function requeueResult(
  held: HeldDeadLetter,
  { clock }: World,
  store: Store,
): Promise<string | undefined> {
  const now = new Date(clock.now());
  return (await requeueIntoRecord(KEY, [held], { store, now, dryRun: false })).outcomes.get(held);
}

describe('a dead letter that a run read earlier', () => {
  test('is not requeued again after another run requeued it and it was cancelled', async () => {
    const { world, held } = await heldDeadLetter();
    world.receiver.answer('/cutover', { status: 503 });
    await redriveIn(world);
    const channels = channelsAt(world.receiver, { other: { type: 'webhook' } });
    world.clock.advance(2 * MINUTE);
    expect(await world.tick({ config: { ...world.config, channels } })).toMatchObject({ pending: 0 });
    const before = await everythingIn(world);
    expect(await requeueResult(held, world, world.store)).toBe('redriven');
    expect(await everythingIn(world)).toEqual(before);
  });

  test('is not requeued again after another run requeued it without marking it, and it failed again', async () => {
    const { world, held } = await heldDeadLetter();
    const { deadLetter } = held;
    const redrive = { number: 1, at: deadLetter.diedAt };
    const again = { ...deadLetter, delivery: { ...deadLetter.delivery, redrive } };
    await storeDeadLetters(world.store, KEY, [again], new Date(world.clock.now()));
    const before = await everythingIn(world);
    expect(await requeueResult(held, world, world.store)).toBe('redriven');
    expect(await everythingIn(world)).toEqual(before);
  });

  test('is not requeued when it has expired', async () => {
    const { world, held } = await heldDeadLetter();
    world.clock.advance(31 * 24 * 60 * MINUTE);
    expect(await requeueResult(held, world, world.store)).toBe('redriven');
  });

  test('is requeued although others write meanwhile, unless they never stop', async () => {
    const { world, held } = await heldDeadLetter();
    expect(await requeueResult(held, world, interrupted(world.store, Number.POSITIVE_INFINITY))).toBe('busy');
    expect(await requeueResult(held, world, interrupted(world.store, 2))).toBe('requeued');
    expect(await world.tick()).toMatchObject({ delivered: 1, pending: 0 });
  });
});

/** A store in which somebody else writes the record just before each of our first writes. */
function interrupted(store: Store, times: number): Store {
  let left = times;
  return {
    ...keptOpen(store),
    async save(item) {
      const stored = await store.get(item.key);
      if (left > 0 && stored !== undefined && item.key.id === KEY.id) {
        left -= 1;
        await store.save({ ...stored, rev: stored.rev + 1, nonce: 'another run' });
      }
      return store.save(item);
    },
  };
}
