import { plainId } from '../migration/discovery.ts';
import type { LookedAt } from './groups.ts';
import type { Known } from './known.ts';
import { lookAtProject } from './project-looks.ts';
import type { Run, TickProject } from './run.ts';

/**
 * Looks at all projects at the same time.
 *
 * @param earlier what the first pass of this tick looked at, if this is a further one
 */
export async function lookAtProjects(
  { byProject }: Known,
  earlier: readonly LookedAt[],
  run: Run,
): Promise<readonly LookedAt[]> {
  const all = [...byProject].flatMap(([records, entries]) =>
    entries.map(async (project): Promise<LookedAt> => {
      const before = earlier.find((one) => one.project === project);
      const place = { project, records, earlier: before, ...amongSiblings(project, entries) };
      return { project, records, ...(await lookAtProject(place, run)) };
    }),
  );
  return Promise.all(all);
}

/** What an entry of the configuration must know of the others for the same project. */
function amongSiblings(project: TickProject, entries: readonly TickProject[]) {
  const others = entries.filter((entry) => entry !== project && entry.discover !== undefined);
  return {
    named: new Set(entries.flatMap(({ watches }) => watches.map(({ taskId }) => plainId(taskId)))),
    siblings: new Set(others.map(({ name }) => name)),
  };
}
