import type { Answer, ListedTask } from '../migration/neighbours.ts';
import type { Call } from './calls.ts';
import { type ListPage, readListPage } from './list-page.ts';
import type { CallFacts } from './verdict.ts';

/** The most that the service permits in one answer. */
const PAGE_SIZE = 1000;
/** No project has nearly as many tasks; a service that always has one more page must end somewhere. */
const MOST_PAGES = 100;
/** A task takes about 1.2 KiB, so a full page 1.2 MiB; this leaves room for long descriptions and error messages. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

const FACTS: CallFacts = {
  deed: 'list migration tasks',
  permission: 'dcs:migrationTask:list',
  ofOneTask: false,
};

/** ListMigrationTask from the task at `offset` on, which counts tasks, not pages. */
export function listCall(offset: number): Call<ListPage> {
  return {
    path: `migration-tasks?limit=${PAGE_SIZE}&offset=${offset}`,
    facts: FACTS,
    maxBodyBytes: MAX_BODY_BYTES,
    read: readListPage,
  };
}

/**
 * Reads the whole list or none of it: a task that is absent from it may have been deleted, so nothing may be overlooked.
 * Tasks that are created, deleted or sorted anew between two pages can push others over the seam. Therefore the list is
 * only believed when the service counts alike on every page and no page holds what an earlier one held; one that changed
 * is read once more. What that cannot show (one task goes and another comes in the same moment) makes a task absent in
 * one reading: only absence in two readings in a row may count as a deletion.
 *
 * @param page reads the page at an offset.
 */
export async function readWholeList(page: ReadPage): Promise<Answer<readonly ListedTask[]>> {
  const first = await walk(page);
  if (first.kind !== 'changed') return first;
  const second = await walk(page);
  if (second.kind !== 'changed') return second;
  return disbelieved(second.why);
}

type ReadPage = (offset: number) => Promise<Answer<ListPage>>;

/** `why` continues a sentence that begins with "the list of tasks". */
interface Changed {
  readonly kind: 'changed';
  readonly why: string;
}

async function walk(page: ReadPage): Promise<Answer<readonly ListedTask[]> | Changed> {
  const sheet = createSheet();
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const answer = await page(sheet.nextOffset);
    if (answer.kind !== 'known') return answer;
    const changed = sheet.add(answer.value);
    if (changed !== undefined) return { kind: 'changed', why: changed };
    if (sheet.isComplete) return { kind: 'known', value: sheet.tasks() };
  }
  return disbelieved(`has more than ${MOST_PAGES} pages`);
}

function disbelieved(why: string): Extract<Answer<never>, { kind: 'failed' }> {
  const detail = `HTTP 200: the list of tasks ${why}, so it is not believed. It is read again later.`;
  return { kind: 'failed', reason: 'unreadable answer', detail };
}

/** The pages of one walk, put together. */
interface Sheet {
  /** Where the next page begins. */
  readonly nextOffset: number;
  readonly isComplete: boolean;
  /** @returns why the pages do not fit, nothing when they do. */
  add(page: ListPage): string | undefined;
  tasks(): readonly ListedTask[];
}

function createSheet(): Sheet {
  const known = new Map<string, ListedTask>();
  let read = 0;
  let counted: number | undefined;
  let isComplete = false;

  function problemOf({ count, tasks }: ListPage): string | undefined {
    if (counted === undefined) return undefined;
    if (count !== counted) return 'was counted differently from page to page';
    return tasks.some(({ taskId }) => known.has(taskId)) ? 'changed from page to page' : undefined;
  }

  return {
    get nextOffset() {
      return read;
    },
    get isComplete() {
      return isComplete;
    },
    add(page) {
      const problem = problemOf(page);
      if (problem !== undefined) return problem;
      counted = page.count;
      for (const task of page.tasks) known.set(task.taskId, task);
      read += page.tasks.length;
      // The count is only presumed to be that of all tasks: where it could be that of one full page, a short page decides.
      isComplete = read >= page.count && (page.tasks.length < PAGE_SIZE || page.count > PAGE_SIZE);
      return isComplete || page.tasks.length > 0 ? undefined : 'counts more tasks than it holds';
    },
    tasks: () => [...known.values()],
  };
}
