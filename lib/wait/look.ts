import { defined } from '../base/defined.ts';
import type { Clock } from '../base/time/clock.ts';
import { createDcsClient, type DcsAccess } from '../dcs/client.ts';
import type { HttpClient } from '../http/client.ts';
import { enrichmentFor } from '../migration/detect/enrich.ts';
import type { Enrichment } from '../migration/model/enrichment.ts';
import type { Look } from '../migration/model/observation.ts';
import type { TaskState } from '../migration/model/state.ts';
import { createTaskList } from '../poll/pass/task-list.ts';

/** A task, and the way to it. */
export interface Target {
  readonly access: DcsAccess;
  readonly taskId: string;
  readonly http: HttpClient;
  readonly clock: Clock;
}

/** A look with the answers of the calls beside it. */
export interface LookOutcome {
  readonly look: Look;
  readonly enrichment: Enrichment;
}

const REQUESTS_PER_SECOND = 10;

/**
 * Looks at a task as a tick does.
 *
 * @param signal gives the look up
 */
export async function lookAt(
  target: Target,
  task: TaskState | undefined,
  signal: AbortSignal,
): Promise<LookOutcome> {
  const { access, taskId, clock } = target;
  const http = givenUpBy(signal, target.http);
  const dcs = createDcsClient({ http, clock, requestsPerSecond: REQUESTS_PER_SECOND });
  const until = Number.POSITIVE_INFINITY;
  const look = await dcs.look(access, taskId, until);
  if (look.kind !== 'seen') return { look, enrichment: {} };
  const wanted = enrichmentFor(task, look.observation);
  const list = createTaskList((trust) => dcs.list(access, until, trust));
  const [stats, listed, logs] = await Promise.all([
    wanted.stats ? dcs.stats(access, taskId, until) : undefined,
    wanted.listed ? list.entryOf(taskId) : undefined,
    wanted.logs ? dcs.logs(access, taskId, until) : undefined,
  ]);
  return { look, enrichment: defined<Enrichment>({ stats, listed, logs }) };
}

function givenUpBy(signal: AbortSignal, http: HttpClient): HttpClient {
  return {
    request: (request, limits) => http.request(request, { ...limits, signal }),
    close: () => http.close(),
  };
}
