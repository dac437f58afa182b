import type { Receipt, StoredRecord } from '../../../records/record.ts';

/** Longest receipt of any channel type. A longer one was tampered with. */
const LONGEST = 200;

/** A channel with the settings that it has now. */
interface Holder {
  readonly name: string;
  readonly settings: string;
  readonly receiptKey?: string | undefined;
}

/** The key of a channel's receipt. The receipt is valid as long as the key stays the same. */
export function receiptKeyOf({ settings, receiptKey = settings }: Holder): string {
  return receiptKey;
}

/** The last receipt of a channel; nothing when it belongs to another place. */
export function receiptOf({ receipts = {} }: StoredRecord, holder: Holder): string | undefined {
  const known = Object.hasOwn(receipts, holder.name) ? receipts[holder.name] : undefined;
  // Older versions kept every receipt under all settings.
  const isOurs = known?.settings === receiptKeyOf(holder) || known?.settings === holder.settings;
  return isOurs ? known?.receipt : undefined;
}

/**
 * Replaces the receipt of a channel; an empty receipt removes it.
 *
 * @returns the same record when the receipt is the same
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
