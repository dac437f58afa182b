import { withReadCache } from '../../../lib/store/read-cache/read-cache.ts';
import type { Store } from '../../../lib/store/store.ts';
import type { Counter } from './faults.ts';

/** Every partition is large, so that every one is cached. */
const LIMITS = { leastCached: 1, leastAnnounced: 1, mostCached: 100 };

/** The warm processes in which runs go on, one after the other, each with what it has read before. */
export interface Processes {
  /** The store as a run sees it, in a process that is idle. */
  of(store: Store, run: number): Store;
}

interface Process {
  run: number;
  /** The store behind the steps of that run. */
  inner: Store;
  readonly cached: Store;
}

/** @param isIdle whether the process of a run can make another one; that of a dead run never can */
export function createProcesses(
  now: () => number,
  isIdle: (run: number) => boolean,
  fired: Counter,
): Processes {
  const processes: Process[] = [];
  let reads = 0;

  const started = (inner: Store, run: number): Process => {
    const made: Process = {
      run,
      inner,
      cached: withReadCache(
        {
          load: (partition) => {
            reads += 1;
            return made.inner.load(partition);
          },
          get: (key) => made.inner.get(key),
          save: (item) => made.inner.save(item),
          close: () => made.inner.close(),
        },
        now,
        LIMITS,
      ),
    };
    processes.push(made);
    return made;
  };

  return {
    of(store, run) {
      const idle = processes.find((one) => isIdle(one.run));
      const process = idle === undefined ? started(store, run) : Object.assign(idle, { run, inner: store });
      const { cached } = process;
      return {
        ...cached,
        async load(partition, options) {
          const before = reads;
          const items = await cached.load(partition, options);
          if (reads === before) fired.count('read from the cache');
          return items;
        },
        close: async () => undefined,
      };
    },
  };
}
