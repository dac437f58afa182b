import * as z from 'zod/mini';
import { classifierOf, type Meaning } from '../answers/vendor-answer.ts';
import { undocumentedMeaning } from '../huawei.ts';

/** The answer to several events: how many failed, and why each of them did. */
const COUNTED = z.object({
  failed_count: z.number(),
  // Mutant survives, `[]` → `["Stryker was here"]`: a text has no code either.
  events: z.catch(z.array(z.object({ error_code: z.nullish(z.string()) })), []),
});
const REFUSED = z.object({ error_code: z.string() });
const OK = 'ok';
/** Some event failed, and its code is not there. */
const SOME = 'failed';

const EVENT: Meaning = { class: 'permanent', hint: 'event_refused_or_large' };
const CHANNEL: Meaning = {
  class: 'broken',
  hint: 'no_event_channel',
};
const FORBIDDEN: Meaning = {
  class: 'broken',
  hint: 'may_not_publish_events',
};

/** Codes of EventGrid ("Error codes"); its own samples have them with and without the prefix `EG.`. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  [OK, { class: 'delivered' }],
  [SOME, { class: 'transient', hint: 'event_not_taken' }],
  ['00533012', EVENT],
  ['00533007', EVENT],
  ['00533013', EVENT],
  ['00513000', EVENT],
  ['00513005', CHANNEL],
  ['00014040', CHANNEL],
  ['00512000', FORBIDDEN],
  ['00512001', FORBIDDEN],
  ['00514003', FORBIDDEN],
  ['00014030', FORBIDDEN],
  ['00015000', { class: 'transient', hint: 'busy' }],
]);

/** The meaning of an answer of EventGrid; a 200 may refuse the event that it is about. */
export const classify = classifierOf({
  vendor: 'EventGrid',
  read: (body) => {
    const code = codeIn(body);
    return code === undefined ? undefined : { code: code.replace(/^EG\./, '') };
  },
  meaningOf: ({ code }, status) => MEANINGS.get(code) ?? undocumentedMeaning(code, status),
  statuses: new Map([[429, { class: 'pause', hint: 'too_many_requests', pauseMs: 60_000 }]]),
});

function codeIn(body: unknown): string | undefined {
  const counted = COUNTED.safeParse(body).data;
  if (counted === undefined) return REFUSED.safeParse(body).data?.error_code;
  const code = counted.events.find(({ error_code }) => typeof error_code === 'string')?.error_code;
  if (typeof code === 'string') return code;
  return counted.failed_count === 0 ? OK : SOME;
}
