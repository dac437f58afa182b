import type { Receipt, StoredRecord } from '../../records/record.ts';

/** Longer ones are none that a channel of ours gives. */
const LONGEST = 200;

/** A channel with the settings that it has now. */
interface Holder {
  readonly name: string;
  readonly settings: string;
}

/** The receipt that a channel gave last; nothing when its settings were others then. */
export function receiptOf({ receipts = {} }: StoredRecord, { name, settings }: Holder): string | undefined {
  const known = Object.hasOwn(receipts, name) ? receipts[name] : undefined;
  return known?.settings === settings ? known.receipt : undefined;
}

/**
 * Keeps what a channel must remember, in place of what it did; an empty receipt is none.
 *
 * @returns the same record when it is the same
 */
export function withReceipt(record: StoredRecord, channel: string, given: Receipt): StoredRecord {
  const { receipts = {}, ...rest } = record;
  if (receiptOf(record, { name: channel, settings: given.settings }) === given.receipt) return record;
  if (given.receipt !== '' && given.receipt.length <= LONGEST) {
    return { ...record, receipts: { ...receipts, [channel]: given } };
  }
  if (!Object.hasOwn(receipts, channel)) return record;
  const others = Object.entries(receipts).filter(([name]) => name !== channel);
  return others.length === 0 ? rest : { ...rest, receipts: Object.fromEntries(others) };
}
