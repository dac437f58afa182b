import { AT_ONCE, eachAtMost } from '../../base/concurrency.ts';
import type { LookResult } from '../../migration/model/observation.ts';
import { taskRecordId } from '../../records/keys.ts';
import { saveDiscovery } from '../discovery/save-discovery.ts';
import { lookAtTask } from '../looks/look.ts';
import { reportLeft, reportLooks } from '../looks/report.ts';
import type { EntryLooks, EntryPass, TaskLook } from '../pass/pass.ts';
import { planFurtherLooks, planLooks } from './plan.ts';

const NOT_LOOKED_AT: LookResult = { kind: 'skipped', why: 'out of time' };

/** Looks at the tasks of one entry. Observations are saved at once, failures are evaluated when all looks are done. */
export async function pollEntry(entry: EntryPass): Promise<EntryLooks> {
  const { pass, earlier } = entry;
  const { records } = pass;
  const plan = earlier === undefined ? await planLooks(entry) : planFurtherLooks(earlier, entry);
  await saveDiscovery(plan, entry);

  const looks: TaskLook[] = (plan.staleReady ?? []).map((watch) => ({ watch, look: NOT_LOOKED_AT }));
  const readable = [...plan.due, ...plan.seldom].filter(
    ({ taskId }) => !records.isNewer(taskRecordId(taskId)),
  );
  await eachAtMost(AT_ONCE.looks, readable, async (watch) => {
    looks.push({ watch, look: await lookAtTask(watch, entry) });
  });

  reportLooks(looks, entry);
  reportLeft(plan, entry);
  return { entry, plan, looks };
}
