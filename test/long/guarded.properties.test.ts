import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StoreError } from '../../lib/store/errors.ts';
import type { Item, Store } from '../../lib/store/store.ts';
import { HOUR, lags, MINUTE, replicates, ticks } from '../poll/support.ts';
import type { ReceiverAnswer } from '../support/receiver.ts';
import { createWorld, keptOpen, type World } from '../support/world.ts';

const TASKS = ['task-1', 'task-2'] as const;
const CHANNELS = ['one', 'two'] as const;
type Task = (typeof TASKS)[number];

/** What happens before a tick, or in it: `then` right after its first write, which comes before any second look. */
type Step =
  | { readonly kind: 'change' | 'change in the tick'; readonly task: Task; readonly to: Condition }
  | { readonly kind: 'webhook'; readonly channel: (typeof CHANNELS)[number]; readonly answer: Answering }
  | { readonly kind: 'crash'; readonly after: number }
  | { readonly kind: 'overlap' | 'nothing' }
  | { readonly kind: 'wait'; readonly ms: number };

type Answering = 'taken' | 'down' | 'lost' | 'down for groups';

function answerOf(answering: Answering, subject: string): ReceiverAnswer {
  if (answering === 'lost') return 'reset';
  const isDown = answering === 'down' || (answering === 'down for groups' && subject === 'both');
  return { status: isDown ? 500 : 200 };
}

const CONDITIONS = ['in step', 'behind', 'far behind', 'full', 'unknown', 'unreachable'] as const;
/** Beyond what takes readiness back if it lasts, and no more than a burst of writes. */
const BURST = 500_000;
type Condition = (typeof CONDITIONS)[number];

const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('change' as const, 'change in the tick' as const),
    task: fc.constantFrom(...TASKS),
    to: fc.oneof({ weight: 4, arbitrary: fc.constant('in step' as const) }, fc.constantFrom(...CONDITIONS)),
  }),
  fc.record({
    kind: fc.constant('webhook' as const),
    channel: fc.constantFrom(...CHANNELS),
    answer: fc.constantFrom<Answering>('taken', 'down', 'lost', 'down for groups'),
  }),
  fc.record({ kind: fc.constant('crash' as const), after: fc.nat(6) }),
  fc.record({ kind: fc.constantFrom('overlap' as const, 'nothing' as const, 'nothing' as const) }),
  fc.record({
    kind: fc.constant('wait' as const),
    ms: fc.constantFrom(5 * MINUTE, 40 * MINUTE, 90 * MINUTE),
  }),
);

function change({ simulator, status }: World, task: Task, to: Condition): void {
  const world = { simulator, status };
  if (to === 'full') status(task, 'FULLMIGRATING');
  if (to === 'in step') replicates(world, task);
  if (to === 'behind') lags(simulator, task, BURST);
  if (to === 'far behind') lags(simulator, task);
  if (to === 'unknown') simulator.setStats(task, { offset: null });
  if (to === 'unreachable') simulator.fault('internal error', 1);
}

/** A store after which nothing is saved any more once it took so many writes. */
function dying(store: Store, after: number): Store {
  let saves = 0;
  return {
    ...keptOpen(store),
    async save(item: Item) {
      saves += 1;
      if (saves > after) throw new StoreError('unavailable', 'the process is gone');
      return store.save(item);
    },
  };
}

function changing(made: World, task: Task, to: Condition, note: () => void): Store {
  let saves = 0;
  return {
    ...keptOpen(made.store),
    async save(item: Item) {
      saves += 1;
      if (saves === 1) {
        change(made, task, to);
        note();
      }
      return made.store.save(item);
    },
  };
}

/** What a webhook took, and whether it was true then. */
interface Received {
  readonly channel: string;
  readonly subject: string;
  readonly type: string;
  readonly sequence: number;
  readonly id: string;
  readonly isTrue: boolean;
  readonly isValid: boolean;
}

const READINESS = ['dcs.migration.cutover_ready', 'dcs.migration.cutover_unready'];
const GROUP = ['dcs.group.ready', 'dcs.group.retracted'];

/** The world, with what is true in it. */
class Stage {
  readonly received: Received[] = [];
  readonly made: World;
  private readonly truth = new Map<Task, Condition>();

  constructor(made: World) {
    this.made = made;
  }

  isReady(subject: string): boolean {
    const tasks = TASKS.filter((task) => subject === 'both' || subject === task);
    return tasks.every((task) => this.truth.get(task) === 'in step');
  }

  listen(channel: string, answering: Answering): void {
    this.made.receiver.answer(`/${channel}`, ({ body }) => {
      const { id, subject, type, sequence, data } = JSON.parse(body);
      const isAction = data.validUntil !== undefined;
      const isValid = !isAction || Date.parse(data.validUntil) > this.made.clock.now();
      const isTrue = !isAction || this.isReady(subject);
      this.received.push({ channel, subject, type, sequence: Number(sequence), id, isTrue, isValid });
      return answerOf(answering, subject);
    });
  }

  note(task: Task, to: Condition): void {
    if (to !== 'unreachable') this.truth.set(task, to);
  }

  set(task: Task, to: Condition): void {
    change(this.made, task, to);
    this.note(task, to);
  }

  async take(step: Step): Promise<void> {
    const { made } = this;
    switch (step.kind) {
      case 'change':
        this.set(step.task, step.to);
        break;
      case 'webhook':
        this.listen(step.channel, step.answer);
        break;
      case 'wait':
        made.clock.advance(step.ms);
        break;
      case 'crash':
        return void (await made.tick({ store: dying(made.store, step.after) }));
      case 'overlap':
        return void (await Promise.all([made.tick(), made.tick()]));
      case 'change in the tick': {
        const { task, to } = step;
        return void (await made.tick({ store: changing(made, task, to, () => this.note(task, to)) }));
      }
    }
    await made.tick();
  }
}

async function play(steps: readonly Step[], looksOften: boolean) {
  const made = await createWorld({
    tasks: TASKS,
    channels: { one: { type: 'webhook' }, two: { type: 'webhook' } },
    groups: { both: { tasks: TASKS } },
    settings: looksOften ? { lookEveryMs: 20_000 } : {},
  });
  const stage = new Stage(made);
  try {
    for (const channel of CHANNELS) stage.listen(channel, 'taken');
    for (const task of TASKS) stage.set(task, 'in step');
    await ticks(made, 2);
    for (const step of steps) {
      await stage.take(step);
      made.clock.advance(MINUTE);
    }
    // What was refused for long comes again within a day.
    made.simulator.clearFaults();
    for (const channel of CHANNELS) stage.listen(channel, 'taken');
    made.clock.advance(26 * HOUR);
    await ticks(made, 8);
    return { stage, last: await made.tick() };
  } finally {
    await made.close();
  }
}

/** So many stories that nobody has tried yet, instead of the same ones in every run of the tests. */
const MANY = process.env['PROPERTY_RUNS'];

test('whatever happens, a pipeline gets no false event, and the true state in the end', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { minLength: 4, maxLength: 25 }), fc.boolean(), async (steps, often) => {
      const { stage, last } = await play(steps, often);
      const { received } = stage;

      expect(received.filter(({ isTrue, isValid }) => !isTrue || !isValid)).toEqual([]);
      expect(last).toMatchObject({ pending: 0, delivered: 0 });
      for (const channel of CHANNELS) {
        for (const subject of [...TASKS, 'both']) {
          const mine = received.filter((one) => one.channel === channel && one.subject === subject);
          const numbers = mine.map(({ sequence }) => sequence);
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
          const word = mine.findLast(({ type }) => READINESS.includes(type) || GROUP.includes(type));
          const saysReady = word?.type.endsWith('_ready') || word?.type.endsWith('.ready');
          expect([channel, subject, saysReady ?? false]).toEqual([channel, subject, stage.isReady(subject)]);
        }
      }
    }),
    MANY === undefined ? { numRuns: 40, seed: 20260105 } : { numRuns: Number(MANY) },
  );
});
