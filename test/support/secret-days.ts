import { expect } from 'vitest';
import { FAULT_NAMES } from '../../lib/simulator/faults.ts';
import { HTTP_TYPES } from '../channels/samples.ts';
import {
  CANARIES,
  type CanaryWorld,
  confide,
  createCanaryWorld,
  type Evidence,
  type OpenPlace,
  REPORTED,
} from './canaries.ts';
import { searchFor } from './secrets.ts';

const MINUTE = 60_000;
export const TASKS = ['task-1', 'task-2', 'task-3', 'task-4'];
const STATUSES = ['RUNNING', 'FULLMIGRATING', 'INCRMIGEATING', 'TERMINATED', 'FAILED'] as const;
const CLASSES = ['delivered', 'transient', 'pause', 'permanent', 'broken'] as const;

/** Days in which every fault of the API happens, while channels of every type meet every kind of receiver. */
async function badDays({ world, tick }: CanaryWorld): Promise<void> {
  for (const [index, task] of TASKS.entries()) world.status(task, STATUSES[index] ?? 'RUNNING');
  for (const fault of FAULT_NAMES) world.simulator.fault(fault);
  for (let ticks = 0; Object.keys(world.simulator.fired).length < FAULT_NAMES.length; ticks += 1) {
    if (ticks > 200) throw new Error('some faults never fire');
    await tick();
    world.clock.advance(40 * MINUTE);
  }
  for (let days = 0; days < 4; days += 1) {
    world.clock.advance(24 * 60 * MINUTE);
    await tick();
  }
}

/** The calls beside the looks. */
const CALLS = ['list', 'stats', 'logs'] as const;
/** In each of them a task succeeds, so that the list is read; in turn others fail, so that their log is, or replicate. */
const TURNS = [
  ['SUCCESS', 'INCRMIGEATING', 'FAILED', 'FAILED'],
  ['INCRMIGEATING', 'SUCCESS', 'INCRMIGEATING', 'INCRMIGEATING'],
] as const;

/** Days in which tasks fail, end, and replicate again, while every fault happens to every call beside the looks. */
async function badCalls({ world, tick }: CanaryWorld): Promise<void> {
  const { simulator, status, clock } = world;
  const pass = async (statuses: readonly string[], minutes: number) => {
    for (const [index, task] of TASKS.entries()) status(task, statuses[index] ?? 'FAILED');
    await tick();
    clock.advance(minutes * MINUTE);
  };
  confide(world, TASKS);
  for (const fault of FAULT_NAMES) for (const call of CALLS) simulator.fault(fault, 1, call);
  const isOver = () => FAULT_NAMES.every((fault) => simulator.fired[fault] === CALLS.length);
  for (let ticks = 0; !isOver(); ticks += 1) {
    if (ticks > 400) throw new Error('some faults never fire');
    await pass(TURNS[ticks % TURNS.length] ?? [], 40);
  }
  const replicating = TASKS.map(() => 'INCRMIGEATING');
  for (let look = 0; look < 4; look += 1) await pass(replicating, 1);
  for (let days = 0; days < 4; days += 1) await pass([], 24 * 60);
}

/** No text is longer than an engine can hold. */
const PIECE = 50_000_000;

/** The texts, joined to pieces that one search takes. */
function segmentsOf(texts: readonly string[]): readonly string[] {
  const pieces: string[] = [];
  let piece: string[] = [];
  let length = 0;
  for (const text of texts) {
    piece.push(text);
    length += text.length;
    if (length < PIECE) continue;
    pieces.push(piece.join('\n'));
    piece = [];
    length = 0;
  }
  return [...pieces, piece.join('\n')];
}

/** Which secrets are where, by place. */
export function leaksIn(evidence: Evidence): [place: string, secrets: string[]][] {
  const search = searchFor(CANARIES);
  return [...evidence].flatMap(([place, texts]): [string, string[]][] => {
    const found = new Set(segmentsOf([...new Set(texts)]).flatMap((piece) => search.in(piece)));
    return found.size === 0 ? [] : [[place, [...found]]];
  });
}

function bytesOf(evidence: Evidence): number {
  return [...evidence.values()].flat().reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

/** Days with every fault of the API, channels of every type and receivers of every kind: no secret is anywhere. */
export async function expectNoSecretAfterBadDays(name: string, place: OpenPlace): Promise<void> {
  const made = await createCanaryWorld(place, { tasks: TASKS });
  await badDays(made);
  const { world } = made;
  const evidence = await made.evidence();
  const { secrets, forms } = searchFor(CANARIES);
  const megabytes = (bytesOf(evidence) / 1e6).toFixed(1);
  process.stdout.write(
    `${name}: ${secrets} canaries in ${forms} forms × ${megabytes} MB in ${evidence.size} places searched\n`,
  );

  expect(leaksIn(evidence)).toEqual([]);

  expect(Object.keys(world.simulator.fired).toSorted()).toEqual(FAULT_NAMES.toSorted());
  for (const type of HTTP_TYPES) {
    const outcomes = world.log.flatMap((entry) =>
      entry.kind === 'delivery' && entry.channel.startsWith(type) ? [entry.outcome] : [],
    );
    expect([...new Set(outcomes)].toSorted()).toEqual(CLASSES.toSorted());
  }
  expect((await world.store.load('dead')).length).toBeGreaterThan(100);
  expect(evidence.get('the log of the function')).toHaveLength(world.log.length);
  if (name !== 'memory') expect(evidence.get('the bytes of the store')?.join('')).toContain('dcs.watch.');
  expect(evidence.get('URLs to the heartbeat')?.length).toBeGreaterThan(10);
  for (const texts of evidence.values()) expect(texts.length > 0 || name === 'memory').toBe(true);
}

/** Every fault of every call beside the looks, and secrets in what the tasks report: no secret is anywhere. */
export async function expectNoSecretOfOtherCalls(place: OpenPlace): Promise<void> {
  const receivers = ['takes', 'fails', 'refuses'];
  const made = await createCanaryWorld(place, { tasks: TASKS, receivers });
  await badCalls(made);
  const evidence = await made.evidence();

  expect(leaksIn(evidence)).toEqual([]);

  const all = (place: string) => evidence.get(place)?.join('\n') ?? '';
  for (const place of ['what was stored', 'bodies to webhook', 'bodies to slack']) {
    for (const words of REPORTED) expect(all(place)).toContain(words);
    expect(all(place)).toContain('ready for the cut-over');
  }
  for (const place of ['what was stored', 'bodies to webhook']) {
    expect(all(place)).toContain('errorMessage');
    expect(all(place)).toContain('dcs.watch.degraded');
  }
  expect(all('the log as text')).toContain('AUTH *** was refused by the target');
  expect((await made.world.store.load('dead')).length).toBeGreaterThan(10);
}
