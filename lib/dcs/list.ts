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
 * Reads the whole list or none of it: a task that is absent from it counts as deleted, so nothing may be overlooked.
 * Tasks that are created, deleted or sorted anew between two pages can push others over the seam. Therefore each page
 * begins with the last task of the page before, and the list is only believed when all seams fit, the service counts
 * alike on every page, and no page holds what an earlier one held. One that changed is read once more.
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
  /** Where the next page begins: at the last task that is known, so that the seam shows. */
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
  let last: string | undefined;
  let isComplete = false;

  function problemOf({ count }: ListPage, seam: ListedTask | undefined, fresh: readonly ListedTask[]) {
    if (counted === undefined) return undefined;
    if (count !== counted) return 'was counted differently from page to page';
    const fits = seam?.taskId === last && !fresh.some(({ taskId }) => known.has(taskId));
    return fits ? undefined : 'changed from page to page';
  }

  return {
    get nextOffset() {
      return Math.max(0, read - 1);
    },
    get isComplete() {
      return isComplete;
    },
    add(page) {
      const overlap = Math.min(read, 1);
      const fresh = page.tasks.slice(overlap);
      const problem = problemOf(page, page.tasks[overlap - 1], fresh);
      if (problem !== undefined) return problem;
      counted = page.count;
      for (const task of fresh) known.set(task.taskId, task);
      read += fresh.length;
      last = fresh.at(-1)?.taskId;
      // The count alone ends nothing: it is only presumed to be that of all tasks.
      isComplete = page.tasks.length < PAGE_SIZE && read >= page.count;
      return isComplete || fresh.length > 0 ? undefined : 'counts more tasks than it holds';
    },
    tasks: () => [...known.values()],
  };
}
