import * as z from 'zod/mini';
import { classifierOf, type Meaning, meaningOfStatus } from '../vendor-answer.ts';

const BODY = z.object({ code: z.union([z.string(), z.number()]) });
const REFUSED: Meaning = { class: 'permanent', hint: 'the message is refused' };

/** Codes of `code`, which are texts ("Group webhook robot"). */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['0', { class: 'delivered' }],
  ['58500', { class: 'transient', hint: 'a server error' }],
  ['58601', REFUSED],
  ['58404', { class: 'broken', hint: 'there is no such robot; copy its URL again' }],
  ['58602', { class: 'broken', hint: 'the robot is switched off' }],
]);

/** Statuses of answers that say nothing: an address is checked before a request is read. */
const STATUSES: ReadonlyMap<number, Meaning> = new Map([
  [403, { class: 'broken', hint: "our address may be missing on the robot's list of addresses" }],
  [429, { class: 'pause', restMs: 60_000 }],
]);

export const classify = classifierOf({
  vendor: 'WeLink',
  read: (body) => {
    const { success, data } = BODY.safeParse(body);
    return success ? { code: String(data.code), words: '' } : undefined;
  },
  meaningOf: ({ code }, status) => MEANINGS.get(code) ?? meaningOfStatus(status, REFUSED),
  statuses: STATUSES,
});
