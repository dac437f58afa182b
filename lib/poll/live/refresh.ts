import { defined } from '../../base/defined.ts';
import type { Channel } from '../../channels/channel.ts';
import type { Delivery } from '../../delivery/deliver.ts';
import { holdOf } from '../../delivery/outbox/batching/hold.ts';
import { receiptKeyOf, receiptOf, withReceipt } from '../../delivery/outbox/outcome/receipts.ts';
import type { Overview } from '../../events/overview.ts';
import { isFinal } from '../../events/phase.ts';
import { GROUPS_PARTITION, projectPartition } from '../../records/keys.ts';
import type { HeldRecord } from '../../records/records.ts';
import { update } from '../../records/update.ts';
import type { TickContext } from '../context.ts';
import type { Coverage } from '../coverage.ts';
import { recordsIn } from '../load/deliverable.ts';
import type { TickRecords } from '../load/tick-records.ts';
import { createOverviews } from './overviews.ts';

/** The parts of a tick whose messages are refreshed, once everything is delivered. */
interface LiveParts {
  readonly known: TickRecords;
  readonly coverage: Coverage;
  readonly delivery: Delivery;
}

/** A channel whose messages always show where their subjects stand. */
interface LiveChannel extends Channel {
  readonly live: NonNullable<Channel['live']>;
}

/** A message of a channel, and the overview that it must show. */
interface Display {
  readonly held: HeldRecord;
  readonly overview: Overview;
  readonly receipt: string;
}

/** Edits of one channel in one tick: chats take some 50 in a minute. */
const MOST_EDITS = 20;
/** The longest time of one edit, and the least time for edits in each tick. */
const EDIT_MS = 10_000;
const LEAST_MS = 2000;
/** A subject that ended longer ago no longer changes, so a new process need not edit its message again. */
const LAST_SHOWN_MS = 3_600_000;

/**
 * Edits live messages so that they show what this tick knows. An unchanged message costs neither a call nor a write,
 * and the next tick makes up for an edit that fails. Never throws.
 */
export async function refreshLive(parts: LiveParts, context: TickContext): Promise<void> {
  const live = [...context.channels.values()].filter(isLive);
  if (live.length === 0) return;
  const overviewOf = createOverviews(parts.coverage, context);
  const shown = newestRecords(parts).filter(({ record }) => record.receipts !== undefined);
  await Promise.all(
    live.map((channel) => {
      const displays = shown.flatMap((held): Display[] => {
        const receipt = receiptOf(held.record, channel);
        const overview = receipt === undefined ? undefined : overviewOf(held);
        const isShown = receipt === undefined || overview === undefined || isLongOver(overview);
        return isShown ? [] : [{ held, overview, receipt }];
      });
      return refreshChannel(channel, displays, parts, context);
    }),
  );
}

function isLive(channel: Channel): channel is LiveChannel {
  return channel.live !== undefined;
}

function isLongOver({ at, facts: { standing } }: Overview): boolean {
  return (
    standing !== undefined &&
    isFinal(standing.phase) &&
    Date.parse(at) - Date.parse(standing.since) > LAST_SHOWN_MS
  );
}

/** Records as deliveries left them. */
function newestRecords({ known, coverage, delivery }: LiveParts): readonly HeldRecord[] {
  const entries = coverage.entries();
  const partitions = new Map(entries.map(({ records, project }) => [records, projectPartition(project.id)]));
  const ofTasks = [...partitions].flatMap(([records, partition]) => recordsIn(records, partition, known));
  const ofGroups = known.groups === undefined ? [] : recordsIn(known.groups, GROUPS_PARTITION, known);
  return [...ofTasks, ...ofGroups].map((held) => {
    const delivered = delivery.heldAt(held.key);
    return delivered !== undefined && delivered.rev > held.rev ? delivered : held;
  });
}

async function refreshChannel(
  channel: LiveChannel,
  displays: readonly Display[],
  { delivery }: LiveParts,
  context: TickContext,
): Promise<void> {
  const { clock, endsAt, nextTickAt } = context;
  // Every tick edits some messages, however short the interval of ticks.
  const until = Math.min(endsAt - EDIT_MS, Math.max(nextTickAt - EDIT_MS, clock.elapsed() + LEAST_MS));
  // The messages that were edited longest ago come first, so that each of very many gets its turn.
  const inTurn = displays.toSorted(
    (a, b) => channel.live.shownAt(a.receipt) - channel.live.shownAt(b.receipt),
  );
  let edits = 0;
  for (const display of inTurn) {
    if (edits >= MOST_EDITS || clock.elapsed() > until || !delivery.allows(channel)) return;
    let { held, receipt } = display;
    const keep = async (given: string) => {
      // The next tick makes up for a write that fails.
      const kept = await writeReceipt({ channel, held, before: receipt, given }, context).catch(
        () => undefined,
      );
      if (kept !== undefined) [held, receipt] = [kept, given];
      return kept !== undefined;
    };
    const shown = await channel.live.show(display.overview, receipt, new Date(clock.now()), keep);
    if (shown !== 'unchanged') edits += 1;
    // A new message waits for the end of a hold, since it disturbs people; an edit does not.
    if (shown === 'gone' && !isHeld(channel, display, clock.now())) {
      await postAnew(channel, { ...display, held, receipt }, context);
    }
  }
}

function isHeld(channel: LiveChannel, { overview: { facts, drill } }: Display, now: number): boolean {
  return holdOf(channel, defined({ data: facts, drill }))?.until(now) !== undefined;
}

/** A new receipt in place of the one before. */
interface ReceiptChange {
  readonly channel: LiveChannel;
  readonly held: HeldRecord;
  readonly before: string | undefined;
  readonly given: string;
}

/** @returns nothing where another run was faster */
async function writeReceipt(
  { channel, held, before, given }: ReceiptChange,
  { store }: TickContext,
): Promise<HeldRecord | undefined> {
  const settings = receiptKeyOf(channel);
  const updated = await update(store, held, {
    change: (record) =>
      receiptOf(record, channel) === before
        ? { record: withReceipt(record, channel.name, { settings, receipt: given }) }
        : undefined,
  });
  return updated.kind === 'done' && updated.isWritten ? updated.held : undefined;
}

/**
 * Posts a new message in place of one that is gone. Only the run that removes the old receipt from the record posts, so
 * that two runs never post two messages.
 */
async function postAnew(
  channel: LiveChannel,
  { held, overview, receipt }: Display,
  context: TickContext,
): Promise<void> {
  const { clock, log } = context;
  try {
    const forgotten = await writeReceipt({ channel, held, before: receipt, given: '' }, context);
    if (forgotten === undefined) return;
    const { receipt: anew } = await channel.live.post(overview, new Date(clock.now()));
    if (anew === undefined) return;
    await writeReceipt({ channel, held: forgotten, before: undefined, given: anew }, context);
  } catch {
    log({
      kind: 'problem',
      message: `channel ${channel.name}: its message about ${overview.subject} is posted anew with the next event`,
    });
  }
}
