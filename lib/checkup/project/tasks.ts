import { nearest, nearestToPattern } from '../../base/nearest.ts';
import { count, printable } from '../../base/text.ts';
import type { ProjectConfig } from '../../config/schema/file.ts';
import { hasEnded, matcherOf } from '../../migration/discovery/discovery.ts';
import { type ListedTask, valueIn } from '../../migration/model/enrichment.ts';
import type { Look } from '../../migration/model/observation.ts';
import { plainId } from '../../migration/model/task-id.ts';
import { type Finding, LATER, ok, problem, unchecked, warning } from '../finding.ts';
import { skippedWords } from './access.ts';
import { refusalExplained } from './answers.ts';
import type { DcsAnswers } from './asked.ts';

/** A project, and what was answered about it. */
export interface AskedProject {
  readonly project: ProjectConfig;
  readonly asked: DcsAnswers;
}

/**
 * One finding for each configured task, and one for what is discovered.
 *
 * @param all every project of the configuration: a task may stand at the wrong one
 */
export function taskFindings(one: AskedProject, all: readonly AskedProject[]): Finding[] {
  const { project, asked } = one;
  const tasks = project.tasks.map(({ id }) => taskFinding(id, asked.looks.get(id), one, all));
  return project.discover === undefined ? tasks : [...tasks, discoveryFinding(project, asked)];
}

function taskFinding(
  id: string,
  look: Look | undefined,
  one: AskedProject,
  all: readonly AskedProject[],
): Finding {
  if (look === undefined) return unchecked('task', `${id}: ${LATER}`);
  switch (look.kind) {
    case 'seen':
      return ok('task', `${id}: ${look.observation.status}`);
    case 'missing':
      return problem('task', {
        words: `${id}: this project has no such task`,
        advice: whereabouts(id, one, all),
      });
    case 'skipped':
      return unseen(id, skippedWords(look.why), one.asked);
    default: {
      const { words, advice } = refusalExplained(look);
      return problem('task', { words: `${id}: ${words}`, advice });
    }
  }
}

/** Nobody had the time to ask; the list may know the task all the same. */
function unseen(id: string, why: string, { list }: DcsAnswers): Finding {
  const listed = valueIn(list)?.find(({ taskId }) => plainId(taskId) === plainId(id));
  return listed === undefined
    ? unchecked('task', `${id}: ${why}`)
    : ok('task', `${id}: in the list${listed.status === undefined ? '' : `, ${listed.status}`}`);
}

const LOOK_IT_UP = 'Check the id: `dcs-migration-watch tasks list` shows those of this project.';

/** The most likely meaning of a wrong id: ids of projects and instances look alike, and names are taken for ids. */
function whereabouts(id: string, { project, asked }: AskedProject, all: readonly AskedProject[]): string {
  const owner = all.find((other) => plainId(other.project.id) === plainId(id));
  if (owner !== undefined) return `It is the id of the project ${owner.project.name}. ${LOOK_IT_UP}`;
  const listed = valueIn(asked.list) ?? [];
  const named = listed.find(({ name }) => name === id);
  if (named !== undefined) return `It is the name of the task ${named.taskId}: write that id.`;
  const ofInstance = listed.find((task) => isInstanceOf(task, id));
  if (ofInstance !== undefined)
    return `It is the id of an instance, not of a task: the task that migrates it is ${ofInstance.taskId}.`;
  const elsewhere = all.find((other) => other.project !== project && lists(other.asked, id));
  if (elsewhere !== undefined) return `It is a task of the project ${elsewhere.project.name}: list it there.`;
  const meant = nearest(
    plainId(id),
    listed.map(({ taskId }) => plainId(taskId)),
  );
  return meant !== undefined && isTypo(plainId(id), meant) ? `Did you mean ${meant}?` : LOOK_IT_UP;
}

function isInstanceOf({ source, target }: ListedTask, id: string): boolean {
  return [source?.id, target?.id].some((one) => one !== undefined && plainId(one) === plainId(id));
}

function lists({ list }: DcsAnswers, id: string): boolean {
  return valueIn(list)?.some(({ taskId }) => plainId(taskId) === plainId(id)) === true;
}

/** So many characters in the same place mean the same task; two ids have one in sixteen by chance. */
const MOST_DIFFERENCES = 6;

function isTypo(id: string, other: string): boolean {
  const longer = Math.max(id.length, other.length);
  const same = [...id].filter((letter, i) => letter === other[i]).length;
  const fromEnd = [...id].filter((letter, i) => letter === other[other.length - id.length + i]).length;
  return longer - Math.max(same, fromEnd) <= MOST_DIFFERENCES;
}

const MOST_NAMES = 3;

function discoveryFinding({ discover }: ProjectConfig, { list }: DcsAnswers): Finding {
  const listed = valueIn(list);
  if (listed === undefined || discover === undefined)
    return unchecked('discover', 'the list of tasks could not be read');
  const found = listed.filter(matcherOf(discover));
  if (found.length > 0) {
    // A discovery leaves alone what had ended when it began.
    const ended = found.filter(hasEnded).length;
    const besides = ended === 0 ? '' : `, ${ended} of them ended`;
    return ok('discover', `${count(found.length, 'task')} of ${listed.length} in the list${besides}`);
  }
  if (listed.length === 0)
    return ok('discover', 'the project has no task yet; new ones are found when they are made');
  const names = listed.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const near = nearestToPattern(discover.name ?? '*', names, MOST_NAMES).map((name) => printable(name));
  return warning('discover', {
    words: `no task of ${listed.length} in the list matches ${discover.name ?? '*'}`,
    advice: `Check the pattern. The names most like it: ${near.join(', ')}.`,
  });
}
