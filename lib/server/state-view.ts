import { reasonOf } from '../base/errors.ts';
import type { Clock } from '../base/time/clock.ts';
import { statusPage } from '../page/status-page.ts';
import type { PageOptions } from '../page/view.ts';
import { type ReadHistory, readHistory, readStatus } from '../status/read.ts';
import type { StatusSource } from '../status/source.ts';
import type { Status } from '../status/status.ts';
import type { Log } from '../telemetry/log.ts';
import { cached } from './cached.ts';
import type { Monitor } from './monitor.ts';

/** The state of the watcher that is served. */
export interface Watched {
  /** The store, in the terms of the configuration that is in use now. */
  source(): Promise<StatusSource>;
  /** The language and zone of the page, and how often it is asked for again. */
  pageOptions(): PageOptions;
  /** A watcher without a tick for longer hangs. */
  longestTickMs(): number;
}

/** The state, as read within the last seconds. */
export interface StateView {
  /** @throws {StoreError} */
  status(): Promise<Status>;
  /** The page, as HTML. */
  page(): Promise<string>;
  history(task: string): Promise<ReadHistory>;
}

/** Reports that are kept; whoever asks for more has each one read anew. */
const MOST_REPORTS = 20;

export interface ViewParts {
  readonly watched: Watched;
  readonly monitor: Monitor;
  readonly log: Log;
  readonly clock: Clock;
}

export function createStateView({ watched, monitor, log, clock }: ViewParts): StateView {
  const age = { elapsed: clock.elapsed, version: monitor.ticks };
  const complain = onceUntilWell(log);
  const status = cached(() => complain(async () => readStatus(await watched.source())), age);
  const reports = new Map<string, () => Promise<ReadHistory>>();
  return {
    status,
    page: cached(async () => statusPage(await status(), watched.pageOptions()), age),
    history(task) {
      if (reports.size >= MOST_REPORTS && !reports.has(task)) reports.clear();
      const report =
        reports.get(task) ??
        cached(() => complain(async () => readHistory(await watched.source(), task)), age);
      reports.set(task, report);
      return report();
    },
  };
}

/** A state that cannot be read is one line of the log, however often somebody asks meanwhile. */
function onceUntilWell(log: Log): <T>(read: () => Promise<T>) => Promise<T> {
  let isWell = true;
  return async (read) => {
    try {
      const result = await read();
      isWell = true;
      return result;
    } catch (error) {
      const message = `the state cannot be read for the page and the metrics: ${reasonOf(error)}`;
      if (isWell) log({ kind: 'problem', message });
      isWell = false;
      throw error;
    }
  };
}
