import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { SIMULATED_PASSWORDS } from '../lib/dcs/simulator-answers.ts';
import { FAULT_NAMES } from '../lib/dcs/simulator-faults.ts';
import { jsonLine, textLine } from '../lib/log.ts';
import { Secret } from '../lib/secret.ts';
import { createWorld, SECRET_KEY, SIGNING_SECRET, type World } from './support/world.ts';

const MINUTE = 60_000;
const HEADER = 'Bearer canary-of-a-header-9Zt';
const PATH = 'canary-of-a-slack-url-2Lm';
const HEARTBEAT = 'canary-of-a-heartbeat-7Qd';

let made: World | undefined;
afterEach(() => made?.close());

/** Everything that must not turn up anywhere. */
function canaries(world: World): string[] {
  return [
    ...SIMULATED_PASSWORDS,
    SECRET_KEY,
    SIGNING_SECRET,
    SIGNING_SECRET.slice('whsec_'.length),
    HEADER,
    PATH,
    HEARTBEAT,
    world.receiver.url('/cutover'),
  ];
}

/** Everything that the program wrote, logged or told, as one text. */
async function everythingOf({ store, log, receiver, config }: World): Promise<string> {
  const partitions = ['project:254d2280acb74d36a8b839746bcd7352', 'dead', 'channels', 'aside'];
  const items = (await Promise.all(partitions.map((partition) => store.load(partition)))).flat();
  const told = ['/cutover', `/${PATH}`, '/dead'].flatMap((path) => receiver.at(path).map(({ body }) => body));
  const now = new Date(0);
  const lines = log.flatMap((entry) => [textLine(entry, now), jsonLine(entry, now)]);
  return [
    ...items.map((item) => JSON.stringify(item)),
    ...told,
    ...lines,
    inspect(config, { depth: 9 }),
  ].join('\n');
}

function found(text: string, wanted: readonly string[]): string[] {
  return wanted.filter(
    (canary) => text.includes(canary) || text.includes(JSON.stringify(canary).slice(1, -1)),
  );
}

/** A day in which every fault of the API happens, with one channel dead and one that asks for rests. */
async function aBadDay(): Promise<World> {
  const world = await createWorld({
    tasks: ['task-1', 'task-2'],
    channels: {
      ops: { type: 'slack', path: `/${PATH}` },
      cutover: { type: 'webhook', headers: { authorization: HEADER } },
      dead: { type: 'webhook' },
    },
  });
  const heartbeat = { url: new Secret(world.receiver.url(`/${HEARTBEAT}`)), allowInsecure: true };
  const config = { ...world.config, settings: { ...world.config.settings, heartbeat } };
  world.receiver.answer(`/${HEARTBEAT}`, 'reset');
  world.receiver.answer('/dead', 'reset');
  world.receiver.answer(`/${PATH}`, ({ body }) => ({
    status: body.includes('FULL') ? 429 : 400,
    body: 'invalid_blocks',
  }));
  const words = ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED', 'FAILED'];
  for (const [index, fault] of QUICK_FAULTS.entries()) {
    world.status('task-1', words[index % words.length] ?? '');
    world.status('task-2', 'FULLMIGRATING');
    world.simulator.fault(fault, 1);
    await world.tick({ config });
    world.clock.advance(40 * MINUTE);
  }
  return world;
}

/** Of no use here: one takes as long as the time-out, one needs a connection that was used before. */
const NOT_HERE: ReadonlySet<string> = new Set(['drip', 'closed on reuse']);
const QUICK_FAULTS = FAULT_NAMES.filter((name) => !NOT_HERE.has(name));

describe('a secret', () => {
  test('is in nothing that is written, logged or told, whatever goes wrong', async () => {
    made = await aBadDay();
    const text = await everythingOf(made);
    expect(made.receiver.at(`/${HEARTBEAT}`).length).toBeGreaterThan(0);

    expect(Object.keys(made.simulator.fired)).toHaveLength(QUICK_FAULTS.length);
    expect(text.length).toBeGreaterThan(100_000);
    expect(found(text, canaries(made))).toEqual([]);
  });

  test('would be found if it leaked', async () => {
    made = await createWorld();
    made.status('task-1', 'RUNNING');
    await made.tick();
    const key = { partition: 'aside', id: 'planted' };
    await made.store.save({
      key,
      rev: 1,
      nonce: 'n',
      body: JSON.stringify({ password: SIMULATED_PASSWORDS[1] }),
    });

    expect(found(await everythingOf(made), canaries(made))).toEqual([SIMULATED_PASSWORDS[1]]);
  });
});
