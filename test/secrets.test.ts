import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../lib/store/memory.ts';
import { createCanaryWorld, type OpenPlace, SHORT, watched } from './support/canaries.ts';
import { expectNoSecretAfterBadDays, expectNoSecretOfOtherCalls, leaksIn } from './support/secret-days.ts';

/** SQLite, DynamoDB and the outputs of the programs take minutes: test/long/secrets.test.ts. */
const MEMORY: OpenPlace = async ({ now }) => watched(createMemoryStore({ now }), async () => []);

describe('a secret is in nothing that is written, logged, sent or returned, whatever goes wrong', () => {
  test('with the state in memory', () => expectNoSecretAfterBadDays('memory', MEMORY));
});

describe('a secret in the list, the figures or the log of a task is in nothing that is written, logged or sent', () => {
  test('with the state in memory', () => expectNoSecretOfOtherCalls(MEMORY));
});

test('a secret that leaks is found: a task that somebody gave a password for its name', async () => {
  const [careless] = SHORT;
  const made = await createCanaryWorld(MEMORY);
  made.world.status('task-1', 'FULLMIGRATING');
  await made.tick();
  made.world.simulator.setTask('task-1', { status: 'RUNNING', task_name: `our ${careless}` });
  await made.tick();

  const leaks = leaksIn(await made.evidence());
  expect(leaks.map(([place]) => place)).toEqual(
    expect.arrayContaining(['what was stored', 'the log as text']),
  );
  expect([...new Set(leaks.flatMap(([, secrets]) => secrets))]).toEqual([careless]);
});
