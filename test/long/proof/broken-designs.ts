import type { Channel, Outgoing } from '../../../lib/channels/channel.ts';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import type { TickContext } from '../../../lib/poll/context.ts';
import { encodeRecord } from '../../../lib/records/codec.ts';
import type { StoredRecord } from '../../../lib/records/record.ts';
import type { Item, Store } from '../../../lib/store/store.ts';
import { tick } from '../../../lib/tick.ts';
import { everyAnswer } from './accidents.ts';
import { CANARIES } from './canaries.ts';
import { everyCrash } from './crashes.ts';
import { everyDeadChannel, everyOutage } from './outages.ts';
import { everyInterleaving, randomOverlaps } from './overlaps.ts';
import { recordIn } from './promise.ts';
import type { Design } from './simple-designs.ts';
import { everyStall } from './stalls.ts';
import type { Totals } from './totals.ts';

/** The real tick with one thing wrong in it, what finds it, and what it is found by. */
export interface BrokenDesign {
  readonly design: Design;
  explore(design: Design): Promise<Totals>;
  readonly shows: 'lost' | 'unexplained' | 'outOfOrder' | 'invented' | 'changedBytes' | 'leaks' | 'unseen';
}

export const BROKEN_DESIGNS: readonly BrokenDesign[] = [
  {
    design: broken('a store whose compare-and-set always succeeds', withStore(overwriting)),
    explore: overlaps,
    shows: 'unexplained',
  },
  { design: broken('no lease', withRecords(withoutLease)), explore: interleavings, shows: 'unexplained' },
  { design: broken('looks before it reads', lookingFirst), explore: stalls, shows: 'invented' },
  {
    design: broken('an outbox that forgets what did not arrive at once', withRecords(withoutTried)),
    explore: someAnswers,
    shows: 'lost',
  },
  {
    design: broken('takes for delivered what was never sent', withChannels(silent)),
    explore: everyCrash,
    shows: 'lost',
  },
  {
    design: broken('dead letters that are not kept', withStore(withoutDeadLetters)),
    explore: (design) => everyDeadChannel(design, ['reset']),
    shows: 'lost',
  },
  {
    design: broken('sends everything twice', withChannels(twice)),
    explore: someAnswers,
    shows: 'unexplained',
  },
  {
    design: broken('the newest first', withRecords(newestFirst)),
    explore: async (design) => (await everyOutage(design)).totals,
    shows: 'outOfOrder',
  },
  {
    design: broken('a body that is made anew for each attempt', withChannels(rebuilt)),
    explore: someAnswers,
    shows: 'changedBytes',
  },
  { design: broken('a secret in the log', leakingIntoLog), explore: everyCrash, shows: 'leaks' },
  { design: broken('a secret in a record', withRecords(leaking)), explore: everyCrash, shows: 'leaks' },
  {
    design: broken('a secret in a message', withChannels(leakingMessage)),
    explore: everyCrash,
    shows: 'leaks',
  },
  { design: broken('does nothing at all', () => ({ projects: [] })), explore: overlaps, shows: 'unseen' },
];

function broken(name: string, change: (input: TickContext) => Partial<TickContext>): Design {
  return { name, hasOutbox: true, tick: (input) => tick({ ...input, ...change(input) }) };
}

async function interleavings(design: Design): Promise<Totals> {
  return (await everyInterleaving({ design, opening: 'a transition', moves: false })).totals;
}

function someAnswers(design: Design): Promise<Totals> {
  return everyAnswer(design, ['ok', 'answer lost', 'error 500']);
}

function stalls(design: Design): Promise<Totals> {
  return everyStall(design, 30);
}

function overlaps(design: Design): Promise<Totals> {
  return randomOverlaps({ design, seed: 'broken', cases: 50 });
}

function withStore(change: (store: Store) => Partial<Store>) {
  return ({ store }: TickContext) => ({ store: { ...store, ...change(store) } });
}

/** Changes what is written into records. */
function withRecords(change: (record: StoredRecord) => StoredRecord) {
  const changed = (item: Item): Item =>
    item.key.partition.startsWith('project:')
      ? { ...item, body: encodeRecord(change(recordIn(item.body))) }
      : item;
  return withStore((store) => ({ save: (item) => store.save(changed(item)) }));
}

function withChannels(change: (channel: Channel) => Channel['send']) {
  return ({ channels }: TickContext) => ({
    channels: new Map([...channels].map(([name, channel]) => [name, { ...channel, send: change(channel) }])),
  });
}

function overwriting(store: Store): Partial<Store> {
  return {
    async save(item) {
      if ((await store.save(item)) === 'saved') return 'saved';
      const stored = await store.get(item.key);
      return store.save({ ...item, rev: (stored?.rev ?? 0) + 1 });
    },
  };
}

function withoutLease({ lease: _lease, ...record }: StoredRecord): StoredRecord {
  return record;
}

function lookingFirst({ projects, store }: TickContext): Partial<TickContext> {
  const looks = new Map(
    projects.flatMap(({ watches, look }) =>
      watches.map(({ taskId }) => [taskId, look(taskId, Number.POSITIVE_INFINITY)]),
    ),
  );
  return {
    projects: projects.map((project) => ({
      ...project,
      look: (taskId, until) => looks.get(taskId) ?? project.look(taskId, until),
    })),
    store: {
      ...store,
      async load(partition) {
        await Promise.all(looks.values());
        return store.load(partition);
      },
    },
  };
}

function withoutTried(record: StoredRecord): StoredRecord {
  const outbox = record.outbox.map(({ event, deliveries }) => ({
    event,
    deliveries: Object.fromEntries(Object.entries(deliveries).filter(([, { attempts }]) => attempts === 0)),
  }));
  return { ...record, outbox };
}

function silent({ name, send }: Channel): Channel['send'] {
  return async (outgoing) =>
    name === 'audit' ? { class: 'delivered', reason: 'HTTP 200', ms: 0 } : send(outgoing);
}

function withoutDeadLetters(store: Store): Partial<Store> {
  return { save: async (item) => (item.key.partition === 'dead' ? 'saved' : store.save(item)) };
}

function twice({ send }: Channel): Channel['send'] {
  return async (outgoing) => {
    await send(outgoing);
    return send(outgoing);
  };
}

function newestFirst(record: StoredRecord): StoredRecord {
  return {
    ...record,
    outbox: record.outbox.toSorted((a, b) => (a.event.sequence < b.event.sequence ? 1 : -1)),
  };
}

function rebuilt({ send }: Channel): Channel['send'] {
  return (outgoing) =>
    send(reworded(outgoing, ({ summary }) => `${summary} (${outgoing.now.toISOString()})`));
}

function leaking(record: StoredRecord): StoredRecord {
  const { observation } = record.state;
  if (observation === undefined) return record;
  const leaky = { ...observation, description: CANARIES.sourcePassword };
  return { ...record, state: { ...record.state, observation: leaky } };
}

function leakingIntoLog({ log }: TickContext): Partial<TickContext> {
  return {
    log: (entry) => log({ kind: 'notice', message: `${entry.kind} ${CANARIES.signingKey('audit')}` }),
  };
}

function leakingMessage({ send }: Channel): Channel['send'] {
  return (outgoing) => send(reworded(outgoing, () => encodeURIComponent(CANARIES.secretKey)));
}

function reworded(outgoing: Outgoing, summary: (data: MigrationEvent['data']) => string): Outgoing {
  const events = outgoing.events.map((event) => ({
    ...event,
    data: { ...event.data, summary: summary(event.data) },
  }));
  return { ...outgoing, events };
}
