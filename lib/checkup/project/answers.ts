import type { AnswerCode } from '../../events/answer.ts';
import type { Answer } from '../../events/event.ts';
import { en } from '../../language/en.ts';
import { type Explanation, explained, SEMICOLON } from '../finding.ts';

/** An answer other than success, in the words that all calls share. */
export interface Refusal {
  readonly detail: string;
  readonly answer?: Answer;
}

/** The sentence about an answer goes on with what to do; that begins with such a word. */
const ADVICE = /\. (?=(?:Check|Grant|Correct|Get|Look|Allow|If)\b)/;
const LOOK_AGAIN = 'Try again in a few minutes; if it lasts, ask Huawei Cloud support.';

/** Better advice than the sentences of the log have room for. */
const BETTER: Readonly<Partial<Record<AnswerCode, string>>> = {
  key_locked:
    'Stop whatever signs with a wrong secret key, wait 5 minutes, correct the key, and check again.',
  wrong_project:
    'Check that the key belongs to the account of this project. Each region has a project id of its own: the console shows them under My Credentials.',
  project_id_mistyped:
    'Copy the project id again: the console shows that of each region under My Credentials.',
  clock_wrong: 'Set the clock of this machine: switch on NTP (timedatectl set-ntp true).',
  task_id_mistyped: 'Copy the task id again from the list of migration tasks in the DCS console.',
  not_a_task_id: 'Copy the task id again from the list of migration tasks in the DCS console.',
  throttled:
    'See who else uses the key; lower settings.requestsPerSecond, or look less often (settings.interval).',
};

/** A refusal as facts and advice. */
export function refusalExplained({ detail, answer }: Refusal): Explanation {
  if (answer === undefined) return explained(detail, ADVICE, LOOK_AGAIN);
  if (answer.code === 'no_answer') return unanswered(answer);
  const { errorMessage, ...facts } = answer;
  const { words, advice } = explained(en.prose.answer(facts), ADVICE, LOOK_AGAIN);
  return {
    words: errorMessage === undefined ? words : `${words} ("${errorMessage}")`,
    advice: BETTER[answer.code] ?? advice,
  };
}

/** The words of our HTTP client have what to do behind a semicolon; hints for the configuration are sentences behind it. */
function unanswered({ words = 'no answer', hint }: Answer): Explanation {
  const first = explained(words, SEMICOLON, 'Check the endpoint, and the network between here and there.');
  if (hint === undefined) return first;
  const hints = en.prose.answer({ code: 'no_answer', words: '', hint }).replace(/^\W+/, '');
  return { words: first.words, advice: `${first.advice} ${hints}` };
}
