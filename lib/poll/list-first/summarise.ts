import { reasonOf } from '../../base/errors.ts';
import { plainId } from '../../migration/model/task-id.ts';
import {
  emptied,
  type LookSummary,
  loadSummary,
  NO_SUMMARY,
  rowFingerprint,
  type Summary,
  saveSummary,
} from '../../records/summary.ts';
import type { TickContext } from '../context.ts';
import type { EntryLooks, ProjectPass, Quotas } from '../pass/pass.ts';
import type { TickProject } from '../target.ts';

const MINUTE_MS = 60_000;
/**
 * After so many ticks without a write, either every tick looked at every task or no tick ran: the summary is out of
 * date.
 */
const MISSED_TICKS = 5;

/**
 * Reads the summary of a project if one of its entries has a quota. Without a summary, tasks get more looks than they
 * need.
 */
export async function readSummary(
  entries: readonly TickProject[],
  quotas: Quotas,
  { store, log, clock, nextTickAt }: TickContext,
): Promise<Summary> {
  const [limited] = entries.filter((entry) => quotas.has(entry));
  if (limited === undefined) return NO_SUMMARY;
  try {
    const summary = await loadSummary(store, limited.id);
    const periodMs = Math.max(MINUTE_MS, nextTickAt - clock.elapsed());
    const ageMs = clock.now() - (summary.savedAt ?? 0) * 1000;
    return Math.abs(ageMs) > MISSED_TICKS * periodMs ? emptied(summary) : summary;
  } catch (error) {
    log({
      kind: 'problem',
      message: `the summary of project ${limited.name} was not read: ${reasonOf(error)}`,
    });
    return NO_SUMMARY;
  }
}

/**
 * Writes the summary of a project after its looks are saved. The summary keeps each look with the row that was read
 * before it: a row that changes later points to news.
 */
export async function writeSummary(
  looks: readonly EntryLooks[],
  { projectId, summary, context: { store, clock, log } }: ProjectPass,
): Promise<void> {
  if (looks.every(({ entry }) => entry.quota === undefined)) return;
  const triedAt = Math.floor(clock.now() / 1000);
  const news = new Map(looks.flatMap((one) => summarised(one, triedAt)));
  const taskIds = looks.flatMap(({ plan }) => plan.watches.map(({ taskId }) => taskId));
  try {
    await saveSummary(store, projectId, summary.with(news, taskIds), new Date(clock.now()));
  } catch (error) {
    const [first] = looks;
    const name = first?.entry.project.name;
    log({ kind: 'problem', message: `the summary of project ${name} was not saved: ${reasonOf(error)}` });
  }
}

function summarised({ looks, plan, entry: { pass } }: EntryLooks, triedAt: number): [string, LookSummary][] {
  return looks.flatMap(({ watch: { taskId }, look }): [string, LookSummary][] => {
    if (look.kind === 'skipped') return [];
    const before = pass.summary.find(taskId) ?? { row: '', lookedAt: 0 };
    if (look.kind !== 'seen') return [[taskId, { ...before, triedAt }]];
    const row = plan.rows?.get(plainId(taskId));
    return [[taskId, { row: row === undefined ? '' : rowFingerprint(row), lookedAt: triedAt, triedAt }]];
  });
}
