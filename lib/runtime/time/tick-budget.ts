import type { Config } from '../../config/schema/file.ts';
import { LONGEST_RUN_MS } from '../../delivery/outbox/lease.ts';
import { SHORTEST_PASS_MS } from '../../poll/passes/further-passes.ts';

const DELIVERY_MS = 60_000;
/** The shortest duration of a tick. Looks without answers leave a quarter of it for delivery, and a chat needs 25 s. */
const SHORTEST_BUDGET_MS = 110_000;
/** Requests of a look at a task whose data moves: the task, and its statistics. */
const REQUESTS_PER_LOOK = 2;
/** Milliseconds that are reckoned for the requests of one second, half as much again as the rate needs. */
const MS_PER_SECOND_OF_PACE = 1500;
/** The assumed number of discovered tasks before the list is read. */
const DISCOVERED_TASKS = 1000;
/** Tasks that may be discovered until the next tick. */
const MORE_TASKS = 100;

/**
 * The longest duration of a tick: time for all looks at the permitted rate, and a minute for delivery. With several
 * looks in one tick at tasks near a change, it is all the time until the next tick.
 *
 * @param known the number of tasks that the last tick watched
 */
export function tickBudgetMs({ projects, settings }: Config, known?: number): number {
  const discovering = projects.filter(({ discover }) => discover !== undefined).length;
  const configured = projects.reduce((sum, { tasks }) => sum + tasks.length, 0);
  const tasks =
    known === undefined
      ? configured + discovering * DISCOVERED_TASKS
      : Math.max(configured, known) + Math.min(1, discovering) * MORE_TASKS;
  const looksMs = ((tasks * REQUESTS_PER_LOOK) / settings.requestsPerSecond) * MS_PER_SECOND_OF_PACE;
  const untilNextMs = settings.lookEveryMs === undefined ? 0 : settings.intervalMs + SHORTEST_PASS_MS;
  return Math.min(LONGEST_RUN_MS, Math.max(looksMs + DELIVERY_MS, untilNextMs, SHORTEST_BUDGET_MS));
}
