import { hasActionDue } from '../../delivery/outbox/revalidation.ts';
import type { HeldRecord } from '../../records/records.ts';
import type { TickContext } from '../context.ts';

/** Share of the time left that looks may use: their events must be delivered in the same tick. */
const SHARE_OF_LOOKS = 0.75;
/**
 * The share of looks while programs wait for an event to act on: its revalidation makes further looks at the same pace.
 */
const SHARE_BEFORE_ACTIONS = 0.4;

/** When the looks of a pass that begins now must be over. By {@link Clock.elapsed}. */
export function lookDeadline(
  records: readonly HeldRecord[],
  { channels, clock, endsAt }: TickContext,
): number {
  const isWaitedFor = records.some(({ record }) => hasActionDue(record, channels, clock.now()));
  const startsAt = clock.elapsed();
  return startsAt + (endsAt - startsAt) * (isWaitedFor ? SHARE_BEFORE_ACTIONS : SHARE_OF_LOOKS);
}
