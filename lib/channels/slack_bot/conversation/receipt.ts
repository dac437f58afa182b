import type { SlackAnswer } from '../answers.ts';

/** A reference to a message of ours: the id of its channel, and its time, which is its id there. */
export interface MessageRef {
  readonly channel: string;
  readonly ts: string;
}

/** The reference to a message, as a record keeps it. */
export interface ParsedReceipt {
  readonly ref: MessageRef;
  /** Tells what the message shows; absent where that is not known, and in receipts of older versions. */
  readonly digest: string | undefined;
}

const CHANNEL = /^[A-Z0-9]{1,40}$/i;
const TS = /^\d{1,20}\.\d{1,20}$/;
const DIGEST = /^[0-9a-f]{16}$/;

/** `C0123456789 1767579120.000100`, and where it is known what the message shows: `… 9f86d081884c7d65` */
export function receiptFor({ channel, ts }: MessageRef, digest?: string): string {
  return [channel, ts, ...(digest === undefined ? [] : [digest])].join(' ');
}

/** @returns nothing for a text that is no receipt */
export function parseReceipt(receipt: string | undefined): ParsedReceipt | undefined {
  const [channel = '', ts = '', digest, ...others] = (receipt ?? '').split(' ');
  const isReceipt = CHANNEL.test(channel) && TS.test(ts) && others.length === 0;
  return isReceipt && (digest === undefined || DIGEST.test(digest))
    ? { ref: { channel, ts }, digest }
    : undefined;
}

/** Where an answer says that the message stands; without an id there it can neither be edited nor replied to. */
export function refOf({ channel = '', ts = '' }: SlackAnswer): MessageRef | undefined {
  return parseReceipt(receiptFor({ channel, ts }))?.ref;
}

/**
 * The channel of a message is not one that the bot sees, and the settings give its name: the name may stand for another
 * channel by now, of another workspace.
 */
export function isOutOfReach(answer: SlackAnswer | undefined, ref: MessageRef, channel: string): boolean {
  return answer?.ok === false && answer.error === 'channel_not_found' && ref.channel !== channel;
}
