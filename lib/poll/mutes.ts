import { withMutes } from '../delivery/mutes.ts';
import { WATCHER_KEY } from '../records/keys.ts';
import type { TickContext } from './context.ts';
import type { TickRecords } from './load/tick-records.ts';

/**
 * Adds the mutes that the tick read to its channels. A mute that is written meanwhile counts from the next tick on.
 *
 * @returns the same context where nothing is muted
 */
export function withKnownMutes({ watcher }: TickRecords, context: TickContext): TickContext {
  const { channels, groups, clock } = context;
  const record = watcher.find(WATCHER_KEY.id);
  const muted = withMutes({ channels, record, groups, now: new Date(clock.now()) });
  return muted === channels ? context : { ...context, channels: muted };
}
