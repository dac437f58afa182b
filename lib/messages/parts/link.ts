import { oneLine } from '../../base/text.ts';
import type { Link } from '../message.ts';

/** Longer addresses are no use in a chat. */
const LONGEST = 1500;

/**
 * An address of an event as a link.
 *
 * @returns its normal form, printable ASCII without blanks or quotes; nothing when it is not an https address or too long
 */
export function linkTo(address: string | undefined, label: string): Link | undefined {
  const url = address === undefined ? null : URL.parse(oneLine(address));
  if (url?.protocol !== 'https:' || url.href.length > LONGEST) return undefined;
  return { label, url: url.href };
}
