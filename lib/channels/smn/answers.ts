import * as z from 'zod/mini';
import { classifierOf, type Meaning } from '../answers/vendor-answer.ts';
import { undocumentedMeaning } from '../huawei.ts';

const TAKEN = z.object({ message_id: z.string() });
const REFUSED = z.union([z.object({ code: z.string() }), z.object({ error_code: z.string() })]);
const OK = 'ok';

const FORM: Meaning = { class: 'permanent', hint: 'message_refused', isForm: true };
const TOPIC: Meaning = {
  class: 'broken',
  hint: 'no_topic',
};
const FORBIDDEN: Meaning = {
  class: 'broken',
  hint: 'may_not_publish',
};
const USED_UP: Meaning = { class: 'pause', hint: 'too_many_sms', pauseMs: 600_000 };
const BUSY: Meaning = { class: 'transient', hint: 'busy' };

const CODES: readonly (readonly [Meaning, readonly string[]])[] = [
  // Subject, message, attributes, and words that SMN does not let pass; the first two are answered with 403.
  [FORM, ['0008', '0009', '0047', '0021', '0024', '0038', '0126', '0227', '0230']],
  // Topic, template, project, real-name authentication, balance.
  [TOPIC, ['0005', '0032', '0042', '0090', '0150', '0261', '0006', '0027', '0076', '0091']],
  [FORBIDDEN, ['0001', '0070', '0071', '0083', '0195', '0228', '00308']],
  [USED_UP, ['0057', '0065']],
  [BUSY, ['0016', '0018', '0019', '0089']],
];

/** Codes of SMN's API reference, "Error codes". */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  CODES.flatMap(([meaning, codes]) => codes.map((code) => [`SMN.${code}`, meaning] as const)),
);

/** The meaning of an answer of SMN. The code decides before the status: some 403 are about the message alone. */
export const classify = classifierOf({
  vendor: 'SMN',
  read: (body) => {
    const refused = REFUSED.safeParse(body).data;
    if (refused !== undefined) return { code: 'code' in refused ? refused.code : refused.error_code };
    return TAKEN.safeParse(body).success ? { code: OK } : undefined;
  },
  meaningOf: ({ code }, status) =>
    code === OK ? { class: 'delivered' } : (MEANINGS.get(code) ?? undocumentedMeaning(code, status)),
  statuses: new Map([[429, { class: 'pause', hint: 'too_many_requests', pauseMs: 60_000 }]]),
});
