import * as z from 'zod/mini';
import { classifierOf, type Meaning, meaningOfStatus } from '../answers/vendor-answer.ts';

const BODY = z.object({ code: z.union([z.string(), z.number()]) });
const REFUSED: Meaning = { class: 'permanent', hint: 'message_refused' };

/** Codes of `code`, which are texts ("Group webhook robot"). */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['0', { class: 'delivered' }],
  ['58500', { class: 'transient', hint: 'server_error' }],
  ['58601', REFUSED],
  ['58404', { class: 'broken', hint: 'no_robot' }],
  ['58602', { class: 'broken', hint: 'robot_switched_off' }],
]);

/** Statuses of answers that say nothing: an address is checked before a request is read. */
const STATUSES: ReadonlyMap<number, Meaning> = new Map([
  [403, { class: 'broken', hint: 'address_may_be_missing' }],
  [429, { class: 'pause', pauseMs: 60_000 }],
]);

export const classify = classifierOf({
  vendor: 'WeLink',
  read: (body) => {
    const { success, data } = BODY.safeParse(body);
    return success ? { code: String(data.code) } : undefined;
  },
  meaningOf: ({ code }, status) => MEANINGS.get(code) ?? meaningOfStatus(status, REFUSED),
  statuses: STATUSES,
});
