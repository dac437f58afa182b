import { type Phrase, phrase } from '../../base/explanation.ts';
import type { Flaw } from '../../language/en/explanations/flaws.ts';
import type { CallResult, ListedTask } from '../../migration/model/enrichment.ts';
import type { Call } from '../call.ts';
import { detailsOf, inWords } from '../refusal.ts';
import type { CallFacts } from '../refusal-words.ts';
import { type ListPage, readListPage } from './list-page.ts';

/** The most tasks that the service permits in one answer. */
const PAGE_SIZE = 1000;
/** Pages of one reading, which ends even if the service always has one more. No project has nearly as many tasks. */
const MOST_PAGES = 100;
/** A task takes about 1.2 KiB, so a full page 1.2 MiB; this leaves room for long descriptions and error messages. */
export const MAX_LIST_BYTES = 4 * 1024 * 1024;

export const LIST_FACTS: CallFacts = {
  call: 'ListMigrationTask',
  permission: 'dcs:migrationTask:list',
  ofOneTask: false,
};

/** ListMigrationTask from the task at `offset` on, which counts tasks, not pages. */
export function listCall(offset: number): Call<ListPage> {
  return {
    path: `migration-tasks?limit=${PAGE_SIZE}&offset=${offset}`,
    facts: LIST_FACTS,
    maxBodyBytes: MAX_LIST_BYTES,
    read: readListPage,
  };
}

/**
 * The proof that a list is complete. `proven`: a further request has shown that nothing follows. `as counted`: it is
 * also enough that its only page has as many tasks as the service counts, which may be the count of the page; a caller
 * that only looks for present tasks needs no more.
 */
export type Trust = 'proven' | 'as counted';

/**
 * Reads the complete list or none, because an absent task may count as deleted. No source says whether `count` is that
 * of all tasks or of the page, and whether a page may be shorter than requested. So a list ends when all tasks of a
 * count above one page are read, or when a page is empty.
 *
 * Tasks that are created, deleted or reordered between two pages can move others across the boundary. So a list only
 * counts when every page has the same count and no task twice; a changed list is read once more. One deletion and one
 * creation at the same moment stay unnoticed, and can hide a task from one reading: absence therefore leads to a look
 * at the task itself, and a task that reads as a success must be absent from two readings in a row to count as deleted.
 *
 * @param page reads the page at an offset.
 */
export async function readWholeList(
  page: ReadPage,
  trust: Trust = 'proven',
): Promise<CallResult<readonly ListedTask[]>> {
  const first = await walk(page, trust);
  if (first.kind !== 'changed') return first;
  const second = await walk(page, trust);
  if (second.kind !== 'changed') return second;
  return disbelieved(second.why);
}

type ReadPage = (offset: number) => Promise<CallResult<ListPage>>;

interface Changed {
  readonly kind: 'changed';
  /** Words that continue a sentence with "the list of tasks". */
  readonly why: Phrase<Flaw>;
}

async function walk(page: ReadPage, trust: Trust): Promise<CallResult<readonly ListedTask[]> | Changed> {
  const collector = createPageCollector(trust);
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const answer = await page(collector.nextOffset);
    // No source tells the answer behind the last task.
    if (answer.kind === 'failed' && answer.reason === 'refused' && collector.mayBeWhole) break;
    if (answer.kind !== 'known') return answer;
    const changed = collector.add(answer.value);
    if (changed !== undefined) return { kind: 'changed', why: phrase(changed) };
    if (collector.isComplete) return { kind: 'known', value: collector.tasks() };
  }
  if (collector.mayBeWhole) return { kind: 'known', value: collector.tasks() };
  return disbelieved(phrase('too_many_pages', String(MOST_PAGES)));
}

function disbelieved(why: Phrase<Flaw>): Extract<CallResult<never>, { kind: 'failed' }> {
  const described = inWords({ code: 'list_changed', httpStatus: 200, ...detailsOf(why) });
  return { kind: 'failed', reason: 'unreadable answer', ...described };
}

/** Collects the pages of one reading. */
interface PageCollector {
  /** The offset of the next page. */
  readonly nextOffset: number;
  readonly isComplete: boolean;
  /** Whether the number of read tasks equals the service's count. */
  readonly mayBeWhole: boolean;
  /** @returns the reason why the pages do not fit; nothing when they do */
  add(page: ListPage): Flaw | undefined;
  tasks(): readonly ListedTask[];
}

/**
 * The meaning of `count`. `all`: it exceeds the first page, so it counts all tasks. `page`: it counts one page.
 * `nothing`: it is useless. `open`: it equals the first page, and may count all tasks or the page.
 */
type CountMeaning = 'all' | 'page' | 'nothing' | 'open';

function createPageCollector(trust: Trust): PageCollector {
  const known = new Map<string, ListedTask>();
  let read = 0;
  let first: ListPage | undefined;
  let counted: CountMeaning = 'nothing';
  let isComplete = false;

  function problemOf({ count, tasks }: ListPage): Flaw | undefined {
    if (first === undefined) return undefined;
    if (tasks.some(({ taskId }) => known.has(taskId))) return 'changed_between_pages';
    const isOwn = count === tasks.length;
    const isSame = count === first.count;
    const fits = { all: isSame, page: isOwn, nothing: true, open: isOwn || isSame }[counted];
    return fits ? undefined : 'count_differs';
  }

  function nextCounted({ count, tasks }: ListPage): CountMeaning {
    if (first === undefined) return countedOn(count, tasks.length);
    if (counted !== 'open' || tasks.length === 0) return counted;
    return count === tasks.length ? 'page' : 'nothing';
  }

  function isEnd({ count = 0, tasks }: ListPage): boolean {
    if (counted === 'all') return read >= count;
    return tasks.length === 0 || (counted === 'open' && trust === 'as counted' && tasks.length < PAGE_SIZE);
  }

  return {
    get nextOffset() {
      return read;
    },
    get isComplete() {
      return isComplete;
    },
    get mayBeWhole() {
      return counted === 'open';
    },
    add(page) {
      const problem = problemOf(page);
      if (problem !== undefined) return problem;
      counted = nextCounted(page);
      first ??= page;
      for (const task of page.tasks) known.set(task.taskId, task);
      read += page.tasks.length;
      isComplete = isEnd(page);
      return isComplete || page.tasks.length > 0 ? undefined : 'fewer_than_counted';
    },
    tasks: () => [...known.values()],
  };
}

function countedOn(count: number | undefined, length: number): CountMeaning {
  if (count === undefined || count < length) return 'nothing';
  return count > length ? 'all' : 'open';
}
