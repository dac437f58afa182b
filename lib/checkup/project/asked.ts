import { defined } from '../../base/defined.ts';
import type { Clock } from '../../base/time/clock.ts';
import type { ProjectConfig } from '../../config/schema/file.ts';
import type { DcsAccess, DcsClient } from '../../dcs/client.ts';
import type { AnswerCode } from '../../events/answer.ts';
import { matcherOf } from '../../migration/discovery/discovery.ts';
import {
  type CallResult,
  type ListedTask,
  type Stats,
  type TaskLogLine,
  valueIn,
} from '../../migration/model/enrichment.ts';
import type { Look } from '../../migration/model/observation.ts';
import { plainId } from '../../migration/model/task-id.ts';

/** The answers of DCS about one project. */
export interface DcsAnswers {
  readonly list: CallResult<readonly ListedTask[]>;
  /** Looks at the configured tasks, by their ids as the configuration has them; empty where the first call was in vain. */
  readonly looks: ReadonlyMap<string, Look>;
  /** One further look, where no task is configured; absent where the first call was in vain. */
  readonly show?: Look;
  /** Absent where the first call was in vain. */
  readonly stats?: CallResult<Stats>;
  readonly logs?: CallResult<readonly TaskLogLine[]>;
}

/** No task has it: a key that may read tasks gets the answer that it is not found. */
const NO_TASK = '0'.repeat(32);
const BACKUP_IMPORT = 'backupfile_import';

/**
 * Makes one call of each kind, and looks once at each configured task. The list goes first and alone: a key that is refused
 * is left alone then, for more than five refusals lock it.
 *
 * @param until when the last answer must be there ({@link Clock.elapsed})
 */
export async function askAbout(project: ProjectConfig, dcs: DcsClient, until: number): Promise<DcsAnswers> {
  const { id: projectId, region, endpoint, credentials, allowInsecure, tasks } = project;
  const access: DcsAccess = { projectId, region, endpoint, credentials, allowInsecure };
  const list = await dcs.list(access, until, 'as counted');
  if (isInVain(list)) return { list, looks: new Map() };

  const [first, online] = probesOf(project, valueIn(list) ?? []);
  // In this order they get their turns: of a thousand looks, the last have none.
  const [stats, logs, show, looks] = await Promise.all([
    dcs.stats(access, online, until),
    dcs.logs(access, first, until),
    tasks.length === 0 ? dcs.look(access, first, until) : undefined,
    Promise.all(tasks.map(async ({ id }) => [id, await dcs.look(access, id, until)] as const)),
  ]);
  return defined<DcsAnswers>({ list, looks: new Map(looks), show, stats, logs });
}

/** A task to try the calls with, and one that has figures; as far as the list shows. */
function probesOf({ tasks, discover }: ProjectConfig, listed: readonly ListedTask[]): [string, string] {
  const wanted = new Set(tasks.map(({ id }) => plainId(id)));
  const isFound = discover === undefined ? () => false : matcherOf(discover);
  const watched = listed.filter((task) => wanted.has(plainId(task.taskId)) || isFound(task));
  const candidates = watched.length > 0 ? watched : listed;
  const first = candidates[0]?.taskId ?? tasks[0]?.id ?? NO_TASK;
  const online = candidates.find(({ migrationType }) => migrationType !== BACKUP_IMPORT);
  return [first, online?.taskId ?? first];
}

/** Answers after which every other call would get the same. */
const FOR_ALL: ReadonlySet<AnswerCode> = new Set<AnswerCode>([
  'no_answer',
  'refused_on_the_way',
  'redirect',
  'no_such_api',
  'wrong_project',
  'project_unavailable',
  'project_id_mistyped',
  'token_invalid',
  'token_expired',
  'token_absent',
  'not_accepted',
  'gateway_refuses_key',
  'throttled',
]);

function isInVain(result: CallResult<unknown>): boolean {
  if (result.kind === 'skipped') return true;
  if (result.kind !== 'failed') return false;
  return result.isKeyRefused === true || (result.answer !== undefined && FOR_ALL.has(result.answer.code));
}

/** The answer that came furthest; that of the first call where none came as far as the project. */
export function bestAnswer({ list, looks, show, stats, logs }: DcsAnswers): CallResult<unknown> {
  const others = [stats, logs].flatMap((result) => (result === undefined ? [] : [result]));
  const seen = [...looks.values(), ...(show === undefined ? [] : [show])].map(
    (look): CallResult<unknown> => (look.kind === 'seen' ? { kind: 'known', value: look.observation } : look),
  );
  return [list, ...others, ...seen].find(({ kind }) => ANSWERED.has(kind)) ?? list;
}

const ANSWERED: ReadonlySet<string> = new Set(['known', 'missing', 'denied']);
