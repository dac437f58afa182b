import { randomUUID } from 'node:crypto';
import { defined } from '../../base/defined.ts';
import { reasonOf } from '../../base/errors.ts';
import type { WallClock } from '../../base/time/clock.ts';
import { openStore, type StoreChoice } from '../../store/index.ts';
import type { RedisPlace } from '../../store/redis/address.ts';
import type { RedisFact } from '../../store/redis/examine.ts';
import { openSqliteStoreWhenUnlocked } from '../../store/sqlite/sqlite.ts';
import type { Item, Store } from '../../store/store.ts';
import {
  type CheckupSection,
  explained,
  type Finding,
  LATER,
  ok,
  problem,
  sentence,
  unchecked,
} from '../finding.ts';
import { inTime } from '../in-time.ts';
import { locationOf } from './folder.ts';

/** A write-ahead log that is being copied back takes seconds; a backup that holds the lock is named. Milliseconds. */
const PATIENCE_MS = 3000;
/** For everything. Clients of AWS give up after three attempts of five seconds. Milliseconds. */
const STATE_MS = 20_000;

const KEY = { partition: 'check', id: 'check' };
const LATE = 'no answer in time';
const MEND_IT = 'Correct it, or choose another place for the state.';

/** Whether the state can be read and written, without making what is not there. */
export async function stateSection(
  choice: StoreChoice,
  name: string,
  clock: WallClock,
): Promise<CheckupSection> {
  const late = [problem('readable', { words: LATE, advice: MEND_IT }), unchecked('writable', LATE)];
  const findings = await inTime(stateFindings(choice, clock), STATE_MS, late);
  return { kind: 'state', name, findings };
}

/** A state that only the network reaches. A state file is left to a check that makes calls. */
export function offlineState({ kind }: StoreChoice, name: string): CheckupSection[] {
  if (kind !== 'redis' && kind !== 'dynamodb') return [];
  return [
    { kind: 'state', name, findings: [unchecked('readable', 'not looked at: that needs the network')] },
  ];
}

async function stateFindings(choice: StoreChoice, clock: WallClock): Promise<Finding[]> {
  if (choice.kind === 'sqlite') {
    const location = locationOf(choice.file, choice.folder ?? '');
    if (location.kind === 'free')
      return [ok('readable', 'not there yet; the first tick makes it'), ok('writable', 'it can be made')];
    if (location.kind === 'closed') {
      const words = `it cannot be made: ${location.reason} (${location.folder})`;
      const advice =
        'Make that folder writable for the user that runs the watcher, or choose another place with --state.';
      return [unchecked('readable', 'there is none'), problem('writable', { words, advice })];
    }
  }
  try {
    const facts = choice.kind === 'redis' ? await redisFindings(choice) : [];
    return [...facts, ...(await tried(await opened(choice, clock), clock))];
  } catch (error) {
    return [problem('readable', explanationOf(error)), unchecked('writable', LATER)];
  }
}

/** Its client is loaded only where a Redis is chosen. */
async function redisFindings(place: RedisPlace): Promise<Finding[]> {
  const { examineRedis } = await import('../../store/redis/examine.ts');
  return (await examineRedis(place)).map(factFinding);
}

/** Facts of a Redis continue a sentence that begins with it. */
function factFinding({ what, outcome, words, advice }: RedisFact): Finding {
  return defined<Finding>({
    what,
    outcome,
    words: `it ${words}`,
    advice: advice === undefined ? undefined : sentence(advice),
  });
}

async function opened(choice: StoreChoice, { now }: WallClock): Promise<Store> {
  // Whatever was found about it, reading and writing are tried.
  if (choice.kind === 'redis') {
    const { openRedisStore } = await import('../../store/redis/redis.ts');
    return openRedisStore({ ...choice, now });
  }
  if (choice.kind !== 'sqlite') return openStore(choice, now);
  return openSqliteStoreWhenUnlocked({ ...choice, now, patienceMs: PATIENCE_MS });
}

async function tried(store: Store, clock: WallClock): Promise<Finding[]> {
  try {
    const readable = await attempt('readable', async () => {
      await store.load(KEY.partition);
      await store.get(KEY);
      return 'yes';
    });
    const writable = await attempt('writable', async () => {
      await store.save(trialItem(clock));
      return 'yes';
    });
    // A store that cannot be read fails to be written for the same reason, in the same words.
    return writable.words === readable.words && readable.outcome === 'problem'
      ? [readable, unchecked('writable', LATER)]
      : [readable, writable];
  } finally {
    await store.close();
  }
}

/** Nobody reads this partition, and the item has expired when it is written: it counts as absent, and is collected as garbage. */
function trialItem({ now }: WallClock): Item {
  return { key: KEY, rev: 1, nonce: randomUUID(), body: '{}', expiresAt: Math.floor(now() / 1000) };
}

async function attempt(what: string, work: () => Promise<string>): Promise<Finding> {
  try {
    return ok(what, await work());
  } catch (error) {
    return problem(what, explanationOf(error));
  }
}

/** Stores say what to do behind a colon. */
function explanationOf(error: unknown) {
  return explained(reasonOf(error), /: /, MEND_IT);
}
