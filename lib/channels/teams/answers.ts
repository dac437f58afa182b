import type { HttpResponse } from '../../http/client.ts';
import type { Classification } from '../answers/http-outcome.ts';
import { reasonFromHint } from '../answers/outcome-reason.ts';
import { classifierOf, type Meaning } from '../answers/vendor-answer.ts';

const REFUSED: Meaning = {
  class: 'permanent',
  hint: 'card_refused',
  isForm: true,
};
const SIGN_IN: Meaning = {
  class: 'broken',
  hint: 'workflow_sign_in',
};
const GONE: Meaning = {
  class: 'broken',
  hint: 'workflow_gone',
};

/** Answers of a workflow ("Receive and respond to inbound HTTPS calls"): the status alone, for their bodies are not documented. */
const byStatus = classifierOf({
  vendor: 'Teams',
  read: () => undefined,
  // Mutant survives, `() => ({ class: 'transient' })` → `() => undefined`: no body is read, so none has a meaning.
  // Mutant survives, `{ class: 'transient' }` → `{}`: no body is read, so none has a meaning.
  // Mutant survives, `'transient'` → `""`: no body is read, so none has a meaning.
  meaningOf: () => ({ class: 'transient' }),
  statuses: new Map([
    [200, { class: 'delivered' }],
    // Taken by the workflow; only its run history says whether a card was posted.
    [202, { class: 'delivered' }],
    [400, REFUSED],
    [401, SIGN_IN],
    [403, SIGN_IN],
    [404, GONE],
    [410, GONE],
    [413, REFUSED],
    [429, { class: 'pause', hint: 'asks_for_pause', pauseMs: 60_000 }],
  ]),
});

/** The meaning of an answer of a Teams workflow. A 2xx with a page is a proxy's, and not sent again: it may have been taken. */
export function classify(answer: HttpResponse): Classification {
  const { status, body } = answer;
  const isPage = status >= 200 && status < 300 && body.trimStart().startsWith('<');
  if (!isPage) return byStatus(answer);
  return {
    class: 'permanent',
    ...reasonFromHint('page_not_teams', `HTTP ${status}`),
    notHere: true,
  };
}
