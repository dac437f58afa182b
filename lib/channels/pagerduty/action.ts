import { createHash } from 'node:crypto';
import type { MigrationEvent } from '../../events/event.ts';
import { isFinal } from '../../events/phase.ts';

/** The effect of an event on the alert of its subject. */
export type Action = 'trigger' | 'resolve';

/** @returns nothing for events that are nothing for a pager */
export function actionOf({ type, data }: MigrationEvent): Action | undefined {
  if (data.severity === 'failure') return 'trigger';
  if (data.severity === 'success') return 'resolve';
  switch (type) {
    case 'dcs.migration.stalled':
    case 'dcs.migration.regressed':
    case 'dcs.watch.failing':
      return 'trigger';
    case 'dcs.migration.gone':
      // A task that had ended well is often deleted, and nobody has to get up for that.
      return data.severity === 'action' ? 'trigger' : undefined;
    case 'dcs.migration.resumed':
    case 'dcs.watch.restored':
      return 'resolve';
    case 'dcs.migration.status_changed':
      return isGoodEnd(data) || isNewRun(data) ? 'resolve' : undefined;
    case 'dcs.group.retracted':
      return data.group?.retracts?.type === 'dcs.group.failed' ? 'resolve' : undefined;
  }
  return undefined;
}

/** The stop of a replication whose target was in step is no success for DCS, but a good end. */
function isGoodEnd({ severity, to, lastFigures }: MigrationEvent['data']): boolean {
  return severity === 'info' && to !== undefined && isFinal(to.phase) && lastFigures?.state === 'in step';
}

/** Without the end of the first alert, a second failure would only be a line in its log, and would wake nobody. */
function isNewRun({ from, to }: MigrationEvent['data']): boolean {
  return from !== undefined && to !== undefined && isFinal(from.phase) && !isFinal(to.phase);
}

/** The longest key (Events API v2, `dedup_key`). */
const LONGEST_KEY = 255;

/**
 * The key of an alert: one for each task, group and project. Looks at a task that fail are an alert of their own: that
 * they work again must not close the alert of a migration that failed.
 */
export function keyOf({ type, source, data, drill }: MigrationEvent): string {
  const isOfLooks = data.task !== undefined && type.startsWith('dcs.watch.');
  const key = `${drill ? '/drill' : ''}${source}${isOfLooks ? '#looks' : ''}`;
  if (key.length <= LONGEST_KEY) return key;
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
