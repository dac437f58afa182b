import { type Phrase, phrase } from '../../base/explanation.ts';
import type { Flaw } from '../../language/en/explanations/flaws.ts';
import type { CallResult, ListedTask } from '../../migration/model/enrichment.ts';
import type { Call } from '../call.ts';
import { detailsOf, inWords } from '../refusal.ts';
import type { CallFacts } from '../refusal-words.ts';
import { type ListPage, readListPage } from './list-page.ts';

/** The most that the service permits in one answer. */
const PAGE_SIZE = 1000;
/** No project has nearly as many tasks; a service that always has one more page must end somewhere. */
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
 * How far a list is believed. `proven`: when a further request has shown that nothing comes after it. `as counted`: also
 * when its one page has as many tasks as the service counts, which may be no more than the page's own; whoever finds a task
 * in it needs no proof.
 */
export type Trust = 'proven' | 'as counted';

/**
 * Reads the whole list or none of it: a task that is absent from it may have been deleted, so nothing may be overlooked.
 * No source says whether `count` is that of all tasks or of the page, and whether a page may be shorter than what was asked
 * for; so a list ends where the count says that there is more than a page, and all of that was read, or where a page is
 * empty.
 *
 * Tasks that are created, deleted or sorted anew between two pages can push others over the seam. Therefore the list is
 * only believed when the service counts alike on every page and no page holds what an earlier one held; one that changed
 * is read once more. What that cannot show (one task goes and another comes in the same moment) makes a task absent in
 * one reading: absence is a reason to ask for the task itself, and for one that reads as a success only absence in two
 * readings in a row counts as a deletion.
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
  /** Continues a sentence that begins with "the list of tasks". */
  readonly why: Phrase<Flaw>;
}

async function walk(page: ReadPage, trust: Trust): Promise<CallResult<readonly ListedTask[]> | Changed> {
  const collector = createPageCollector(trust);
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const answer = await page(collector.nextOffset);
    // No source says what is answered behind the last task.
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

/** Puts the pages of one reading together. */
interface PageCollector {
  /** Where the next page begins. */
  readonly nextOffset: number;
  readonly isComplete: boolean;
  /** Whether as many tasks were read as the service counts. */
  readonly mayBeWhole: boolean;
  /** @returns why the pages do not fit, nothing when they do. */
  add(page: ListPage): Flaw | undefined;
  tasks(): readonly ListedTask[];
}

/**
 * The meaning of `count`: `all` tasks, when there are more than on the first page; the `page`, or `nothing` that helps.
 * `open`: as many as are on the first page, which may be all or the page's own.
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
