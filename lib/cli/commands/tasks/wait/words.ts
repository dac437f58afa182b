import { spanText } from '../../../../base/time/span.ts';
import type { Stats } from '../../../../migration/model/enrichment.ts';
import type { TaskState } from '../../../../migration/model/state.ts';
import { detailOf, type Failure } from '../../../../wait/failures.ts';
import type { End } from '../../../../wait/wait.ts';
import { CHECK_TASK } from '../ids.ts';
import { forCommandLine } from '../resolve-project.ts';

/** The subject of a wait, for the words about it. */
export interface WaitSubject {
  readonly taskId: string;
  /** Milliseconds. */
  readonly timeout?: number | undefined;
}

/** A look that failed: `HTTP 502: … (request id 5a1d…)` */
export function failureWords(failure: Failure): string {
  const id =
    'requestId' in failure && failure.requestId !== undefined ? ` (request id ${failure.requestId})` : '';
  const advice = failure.kind === 'missing' ? ` ${CHECK_TASK}` : '';
  return `${forCommandLine(detailOf(failure))}${advice}${id}`;
}

/** `incremental (INCRMIGEATING), lag 42, keys 120034 → 120031` */
export function stillWords(task: TaskState | undefined, stats: Stats | undefined): string {
  const { progressPercent, offset, sourceKeys, targetKeys } = stats ?? {};
  const facts = [
    placeWords(task),
    task?.standing?.phase === 'full' && progressPercent !== undefined ? `${progressPercent} %` : '',
    offset === undefined ? '' : `lag ${offset}`,
    sourceKeys === undefined || targetKeys === undefined ? '' : `keys ${sourceKeys} → ${targetKeys}`,
  ];
  return facts.filter((fact) => fact !== '').join(', ');
}

function placeWords(task: TaskState | undefined): string {
  const { standing } = task ?? {};
  return standing === undefined ? 'not seen yet' : `${standing.phase} (${standing.status})`;
}

function withinWords(timeout = 0): string {
  return timeout === 0 ? 'at the first look' : `within ${spanText(timeout)}`;
}

/** How a wait ended, and where the task is then. */
export function endWords(end: End, { taskId, timeout }: WaitSubject, task: TaskState | undefined): string {
  const name = task?.observation?.name ?? taskId;
  switch (end.kind) {
    case 'reached':
      return `${name}: ${end.goal.word} is reached: ${placeWords(task)}`;
    case 'over':
      return `${name}: ${end.words}`;
    case 'refused':
      return failureWords(end.failure);
    case 'time over':
      return `${name}: not reached ${withinWords(timeout)}: ${placeWords(task)}`;
    case 'stopped':
      return `${name}: the wait was stopped (${end.signal}): ${placeWords(task)}`;
  }
}
