import { describe, expect, it, onTestFinished } from 'vitest';
import { createApp } from '../../lib/runtime/app.ts';
import { createWorld, keptOpen, type World } from '../support/world.ts';

const SECOND = 1000;
/** DingTalk refuses beyond 20 messages in a minute. */
const MOST = 20;

async function world(tasks: number): Promise<World> {
  const ids = Array.from({ length: tasks }, (_, n) => `task-${n}`);
  const made = await createWorld({ tasks: ids, channels: { ops: { type: 'dingtalk' } } });
  onTestFinished(() => made.close());
  for (const id of ids) made.status(id, 'FULLMIGRATING');
  await made.tick();
  made.clock.advance(120 * SECOND);
  return made;
}

function textsOf(made: World): readonly string[] {
  return made.receiver.at('/ops').map(({ body }) => body);
}

describe('a chat that takes a limited number of messages a minute', () => {
  it('gets what is more as one digest, and nothing is lost', async () => {
    const made = await world(9);
    const before = textsOf(made).length;
    const { config, store, clock } = made;
    const app = await createApp({
      config,
      store: keptOpen(store),
      clock,
      log: () => undefined,
      random: () => 0.5,
    });
    onTestFinished(() => app.close());
    for (const status of ['INCRMIGEATING', 'FULLMIGRATING', 'INCRMIGEATING', 'MIGRATION_FAILED']) {
      for (let n = 0; n < 9; n += 1) made.status(`task-${n}`, status);
      expect(await app.tick(60_000)).toMatchObject({ changed: 9, dead: 0 });
    }
    const texts = textsOf(made).slice(before);
    expect(texts.length).toBeLessThan(MOST);
    expect(texts.some((text) => text.includes('9 tasks'))).toBe(true);
    made.clock.advance(120 * SECOND);
    expect(await app.tick(60_000)).toMatchObject({ pending: 0, dead: 0 });
  });
});
