import { type Explanation, phrase } from '../../lib/base/explanation.ts';
import type { Answer, LookFailure, MigrationEvent } from '../../lib/events/event.ts';
import type { CallName } from '../../lib/events/reason.ts';
import type { ReasonCode } from '../../lib/language/en/explanations/explanations.ts';
import { en } from '../../lib/language/en.ts';

/** In English, and as codes. */
function wordsOf(explanation: Explanation<ReasonCode>): {
  readonly words: string;
  readonly explanation: Explanation;
} {
  return { words: en.prose.explanation(explanation) ?? '', explanation };
}

const HOST = 'dcs.cn-north-4.myhuaweicloud.com';

/** An answer of DCS for each failure, as the client reads it. The stories know none. */
const ANSWERS: Readonly<Record<LookFailure, Answer>> = {
  'not found': { code: 'no_such_task', httpStatus: 400, errorCode: 'DCS.4133' },
  'not authorised': { code: 'signature_refused', httpStatus: 401, errorCode: 'APIGW.0301' },
  refused: {
    code: 'service_refuses',
    httpStatus: 400,
    errorCode: 'DCS.4999',
    errorMessage: 'Not supported.',
  },
  throttled: { code: 'throttled', httpStatus: 429, errorCode: 'APIGW.0308', seconds: 60 },
  unreachable: {
    code: 'no_answer',
    fault: 'timeout',
    host: HOST,
    ...wordsOf({ at: HOST, what: [phrase('answer_incomplete', '10000')] }),
  },
  'unreadable answer': { code: 'unreadable', httpStatus: 200, ...wordsOf({ what: [phrase('not_json')] }) },
};

/** As the client asks for them. */
const PERMISSIONS: Readonly<Record<CallName, string>> = {
  ListMigrationTask: 'dcs:migrationTask:list',
  ShowMigrationTaskStats: 'dcs:migrationTask:get',
  ListMigrationTaskLogs: 'dcs:migrationTask:get',
};

/** A failed look with the answer of DCS that real events have. */
export function answered(event: MigrationEvent): MigrationEvent {
  const { detail, reason, call, transition } = event.data;
  if (detail === undefined || reason === undefined || event.type === 'dcs.watch.restored') return event;
  const isDenied = transition === 'call_denied';
  const answer: Answer =
    isDenied && call !== undefined
      ? { code: 'not_permitted', httpStatus: 403, errorCode: 'DCS.4401', call, permission: PERMISSIONS[call] }
      : ANSWERS[reason];
  const said = en.prose.answer(answer);
  const words = call === undefined ? said : en.prose.degraded(said, call, isDenied);
  return { ...event, data: { ...event.data, answer, detail: words } };
}
