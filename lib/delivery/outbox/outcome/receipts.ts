import type { Receipt, StoredRecord } from '../../../records/record.ts';

/** Longer ones are none that a channel of ours gives. */
const LONGEST = 200;

/** A channel with the settings that it has now. */
interface Holder {
  readonly name: string;
  readonly settings: string;
  readonly receiptKey?: string | undefined;
}

/** The key of a channel's receipt, which holds as long as the key is the same. */
export function receiptKeyOf({ settings, receiptKey = settings }: Holder): string {
  return receiptKey;
}

/** The receipt that a channel gave last; nothing when it posted to another place then. */
export function receiptOf({ receipts = {} }: StoredRecord, holder: Holder): string | undefined {
  const known = Object.hasOwn(receipts, holder.name) ? receipts[holder.name] : undefined;
  // Older versions kept every receipt under all settings.
  const isOurs = known?.settings === receiptKeyOf(holder) || known?.settings === holder.settings;
  return isOurs ? known?.receipt : undefined;
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
