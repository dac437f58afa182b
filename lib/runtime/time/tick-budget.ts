import type { Config } from '../../config/schema/file.ts';
import { LONGEST_RUN_MS } from '../../delivery/outbox/lease.ts';
import { SHORTEST_PASS_MS } from '../../poll/passes/further-passes.ts';

const DELIVERY_MS = 60_000;
/** A quarter of it is left for delivery, however long looks wait for answers that do not come: a chat needs 25 s. */
const SHORTEST_BUDGET_MS = 110_000;
/** A look at a task whose data moves asks for its figures, too. */
const REQUESTS_PER_LOOK = 2;
/** Requests may take half as long again as the permitted pace has them take. */
const MS_PER_SECOND_OF_PACE = 1500;
/** The number of discovered tasks is unknown before the list is read; so many are looked at, and listed, in one tick. */
const DISCOVERED_TASKS = 1000;
/** So many may be discovered until the next tick. */
const MORE_TASKS = 100;

/**
 * How long a tick may take: time to look at everything at the permitted pace, and a minute for delivery. Where tasks near a
 * change are looked at several times in one tick, all the time until the next one.
 *
 * @param known how many tasks the last tick watched
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
