import { isCoolingDown } from '../../migration/project/cooldown.ts';
import { baselineToContinue } from '../discovery/baseline.ts';
import type { EntryPass, ProjectPass } from '../pass/pass.ts';
import { cooldownsIn, factsOfProject } from '../pass/project-record.ts';
import { createTaskList } from '../pass/task-list.ts';
import type { TickProject } from '../target.ts';

export function entryPass(project: TickProject, pass: ProjectPass): EntryPass {
  const { projectId, records, cooldowns, now, lookUntil, earlier } = pass;
  const own = cooldownsIn(projectId, records);
  const isCold = isCoolingDown(own, { access: project, all: cooldowns, now });
  return {
    pass,
    project,
    earlier: earlier.find((one) => one.project === project),
    quota: pass.quotas.get(project),
    isCoolingDown: isCold,
    taskList: createTaskList(async (trust) =>
      isCold ? { kind: 'skipped', why: 'resting' } : project.list(lookUntil, trust),
    ),
    facts: factsOfProject(projectId, records),
    baseline: baselineToContinue(project, pass.entries, records),
    calls: [],
  };
}
