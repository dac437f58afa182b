import { describe, expect, it } from 'vitest';
import { DEFAULT_THRESHOLDS } from '../../lib/migration/model/thresholds.ts';
import { loadMembers } from '../../lib/poll/load/tick-records.ts';
import type { TickGroup } from '../../lib/poll/target.ts';
import { newRecord } from '../../lib/records/record.ts';
import { saveRecord } from '../../lib/records/records.ts';
import { createMemoryStore } from '../../lib/store/memory.ts';
import { PROJECT_ID, projectOf } from '../long/proof/service.ts';
import { STAMP } from '../support/stamp.ts';

const NAMED = '254d2280-acb7-4d36-a8b8-39746bcd7352';
const SPELLED = NAMED.replaceAll('-', '');
const IDS = [`task:${SPELLED}`, 'task:task-2', 'task:found', `project:${PROJECT_ID}`];

function group(isMember: TickGroup['isMember']): TickGroup {
  return { name: 'both', thresholds: DEFAULT_THRESHOLDS, stamp: STAMP, isMember };
}

/** Ids of the records that a tick keeps of a project that other runs poll. */
async function keptBy(groups: readonly TickGroup[], label?: string): Promise<string[]> {
  const now = new Date('2026-01-05T00:10:00Z');
  const store = createMemoryStore({ now: () => now.getTime() });
  for (const id of IDS) {
    await saveRecord(store, { key: { partition: `project:${PROJECT_ID}`, id }, rev: 0 }, newRecord(now));
  }
  const project = projectOf([NAMED, 'task-2'], async () => ({ kind: 'skipped', why: 'out of time' }));
  const labels = label === undefined ? {} : { app: label };
  const labelled = {
    ...project,
    watchOf: (taskId: string) => ({ ...project.watchOf(taskId), labels }),
  };
  const loaded = await loadMembers([labelled], groups, store);
  return [...loaded.keys()].flatMap((records) => records.all().map(({ key }) => key.id));
}

describe('a tick that leaves a project to other runs', () => {
  it('reads nothing where there are no groups', async () => {
    expect(await keptBy([])).toEqual([]);
  });

  it('keeps the record of the project and of each member, however its id is spelled', async () => {
    const [named, , , ofProject] = IDS;
    expect(await keptBy([group(({ taskId }) => taskId === NAMED)])).toEqual([ofProject, named]);
  });

  it('keeps discovered tasks whose entry has the labels of a group', async () => {
    const kept = await keptBy([group(({ labels }) => labels['app'] === 'shop')], 'shop');
    expect(kept.toSorted()).toEqual(IDS.toSorted());
    expect(await keptBy([group(({ labels }) => labels['app'] === 'shop')], 'other')).toEqual([IDS[3]]);
  });
});
