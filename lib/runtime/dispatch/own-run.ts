import { randomUUID } from 'node:crypto';
import { AT_ONCE, eachAtMost } from '../../base/concurrency.ts';
import { reasonOf } from '../../base/errors.ts';
import type { Clock } from '../../base/time/clock.ts';
import { abandonRun, endRun, type HeldRun, takeRun } from '../../records/runs/runs.ts';
import type { Store } from '../../store/store.ts';
import type { Log, TickReport } from '../../telemetry/log.ts';

export interface RunParts {
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
  projectId: string,
  tick: () => Promise<TickReport>,
  parts: RunParts,
): Promise<TickReport> {
  const right = await rightTo(projectId, parts);
  return right === undefined ? NOTHING_DONE : withRights([right], tick, parts);
}

/**
 * Makes one tick in place of the runs of several projects. A run whose start seemed to fail may go on all the same, and
 * keeps its project.
 *
 * @param tick gets the ids of the projects that other runs keep
 */
export async function inPlaceOfRuns(
  projectIds: readonly string[],
  tick: (kept: readonly string[]) => Promise<TickReport>,
  parts: RunParts,
): Promise<TickReport> {
  const rights: HeldRun[] = [];
  const kept: string[] = [];
  await eachAtMost(AT_ONCE.records, projectIds, async (id) => {
    try {
      const right = await rightTo(id, parts);
      if (right === undefined) kept.push(id);
      else rights.push(right);
    } catch (error) {
      const words = `the right to run project ${id} was not taken, so another run of it may go on`;
      parts.log({ kind: 'problem', message: `${words}: ${reasonOf(error)}` });
    }
  });
  return withRights(rights, () => tick(kept), parts);
}

/** @returns nothing while another run has the right */
async function rightTo(
  projectId: string,
  { store, clock, log, forMs }: RunParts,
): Promise<HeldRun | undefined> {
  const right = await takeRun(store, projectId, { owner: randomUUID(), now: new Date(clock.now()), forMs });
  if (right === undefined) {
    const message = `another run of project ${projectId} still goes on; this one leaves it to that`;
    log({ kind: 'notice', message });
  }
  return right;
}

/** Makes a tick, and gives these rights back when it ends. */
async function withRights(
  rights: readonly HeldRun[],
  tick: () => Promise<TickReport>,
  { store, clock, log }: RunParts,
): Promise<TickReport> {
  const startedAt = new Date(clock.now());
  const writeEach = (end: (right: HeldRun) => Promise<void>): Promise<void> =>
    eachAtMost(AT_ONCE.records, rights, async (right) => {
      await end(right).catch((error: unknown) => {
        const message = `the end of this run of project ${right.projectId} was not written down: ${reasonOf(error)}`;
        log({ kind: 'problem', message });
      });
    });
  try {
    const report = await tick();
    await writeEach((right) => endRun(store, right, startedAt, new Date(clock.now())));
    return report;
  } catch (error) {
    await writeEach((right) => abandonRun(store, right, new Date(clock.now())));
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
