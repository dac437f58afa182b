import { randomUUID } from 'node:crypto';
import { reasonOf } from '../../base/errors.ts';
import type { Clock } from '../../base/time/clock.ts';
import { abandonRun, endRun, takeRun } from '../../records/runs.ts';
import type { Store } from '../../store/store.ts';
import type { Log, TickReport } from '../../telemetry/log.ts';

export interface OwnRun {
  readonly projectId: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The longest duration of the run in milliseconds. */
  readonly forMs: number;
}

/**
 * Makes the tick of one project, unless another run of it is still at work. Two runs at a time would lose nothing, but
 * send requests with one key at twice its rate.
 *
 * @throws {StoreError} when the store cannot be read
 */
export async function inOwnRun(
  tick: () => Promise<TickReport>,
  { projectId, store, clock, log, forMs }: OwnRun,
): Promise<TickReport> {
  const startedAt = new Date(clock.now());
  const held = await takeRun(store, projectId, { owner: randomUUID(), now: startedAt, forMs });
  if (held === undefined) {
    log({
      kind: 'notice',
      message: `another run of project ${projectId} still goes on; this one leaves it to that`,
    });
    return NOTHING_DONE;
  }
  const written = (end: Promise<void>): Promise<void> =>
    end.catch((error: unknown) => {
      const message = `the end of this run of project ${projectId} was not written down: ${reasonOf(error)}`;
      log({ kind: 'problem', message });
    });
  try {
    const report = await tick();
    await written(endRun(store, held, startedAt, new Date(clock.now())));
    return report;
  } catch (error) {
    await written(abandonRun(store, held, new Date(clock.now())));
    throw error;
  }
}

const NOTHING_DONE: TickReport = {
  tasks: 0,
  changed: 0,
  events: 0,
  delivered: 0,
  pending: 0,
  dead: 0,
  failedLooks: 0,
  ms: 0,
  looks: 0,
  failedRecords: 0,
  pendingAgeMs: 0,
  brokenChannels: 0,
  broken: [],
  silent: [],
  blind: [],
};
