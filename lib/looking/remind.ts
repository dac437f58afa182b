import { withReminders } from '../delivery/reminders.ts';
import { reasonOf } from '../errors.ts';
import type { PartitionRecords } from '../records.ts';
import type { Known } from './known.ts';
import type { Run } from './run.ts';

/**
 * Owes chats that want it once more what still waits for somebody, as far as is known before the looks: what a look ends
 * is not said again. Writes only where it is time. A store that fails costs nothing: the next tick reminds.
 */
export async function remindOfWhatWaits(
  { byProject, groups, watcher }: Known,
  { channels, clock, log }: Pick<Run, 'channels' | 'clock' | 'log'>,
): Promise<void> {
  const everyMs = new Map([...channels.values()].map((one) => [one.name, one.remindEveryMs]));
  if ([...everyMs.values()].every((one) => one === undefined)) return;
  const now = new Date(clock.now());
  const all: readonly PartitionRecords[] = [...byProject.keys(), ...(groups ? [groups] : []), watcher];
  try {
    for (const records of all) {
      for (const { key, record } of records.all()) {
        const reminded = withReminders(record, (name) => everyMs.get(name), now);
        if (reminded !== record) await records.save(key.id, reminded);
      }
    }
  } catch (error) {
    log({ kind: 'problem', message: `nobody is reminded now, the next tick does it: ${reasonOf(error)}` });
  }
}
