import type { SlackAnswer } from './answers.ts';

/** A message of ours: the id of its channel, and its time, which is its name there. */
export interface Place {
  readonly channel: string;
  readonly ts: string;
}

const CHANNEL = /^[A-Z0-9]{1,40}$/i;
const TS = /^\d{1,20}\.\d{1,20}$/;

/** `C0123456789 1767579120.000100` */
export function receiptFor({ channel, ts }: Place): string {
  return `${channel} ${ts}`;
}

/** @returns nothing for a text that is no receipt */
export function placeIn(receipt: string | undefined): Place | undefined {
  const [channel = '', ts = '', ...others] = (receipt ?? '').split(' ');
  return CHANNEL.test(channel) && TS.test(ts) && others.length === 0 ? { channel, ts } : undefined;
}

/** Where an answer says that the message stands; without an id there it can neither be edited nor replied to. */
export function placeOf({ channel = '', ts = '' }: SlackAnswer): Place | undefined {
  return placeIn(receiptFor({ channel, ts }));
}
