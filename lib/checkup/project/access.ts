import type { AnswerCode } from '../../events/answer.ts';
import type { CallResult } from '../../migration/model/enrichment.ts';
import { type Finding, LATER, ok, problem, unchecked } from '../finding.ts';
import { refusalExplained } from './answers.ts';

/** The steps on the way to a project's tasks; each needs those before it. */
const STEPS = ['endpoint', 'key', 'project'] as const;
type Step = (typeof STEPS)[number];

const OF_KEY: ReadonlySet<AnswerCode> = new Set<AnswerCode>([
  'token_invalid',
  'token_expired',
  'token_absent',
  'not_accepted',
  'gateway_refuses_key',
]);
const OF_PROJECT: ReadonlySet<AnswerCode> = new Set<AnswerCode>([
  'wrong_project',
  'project_unavailable',
  'project_id_mistyped',
]);

/** Facts that stand in the words of a good step. */
export interface AccessFacts {
  /** The host of the API. */
  readonly host: string;
  readonly projectId: string;
  readonly region: string;
}

/**
 * How far the first call came: to the endpoint, past the check of the key, to the project.
 *
 * @param first the answer of the call that was made alone
 */
export function accessFindings(first: CallResult<unknown>, facts: AccessFacts): Finding[] {
  const broken = brokenStep(first);
  const words = {
    endpoint: `${facts.host} answers`,
    key: 'accepted',
    project: `${facts.projectId} in ${facts.region}`,
  };
  return STEPS.map((step) => {
    if (broken === undefined) return ok(step, words[step]);
    const [at, before] = [STEPS.indexOf(step), STEPS.indexOf(broken)];
    if (at < before) return ok(step, words[step]);
    return at > before ? unchecked(step, LATER) : brokenFinding(step, first);
  });
}

/** @returns nothing when the answer came from the project itself */
export function brokenStep(first: CallResult<unknown>): Step | undefined {
  if (first.kind === 'skipped') return first.why === 'resting' ? 'key' : 'endpoint';
  if (first.kind !== 'failed') return undefined;
  const { isKeyRefused, answer, reason } = first;
  if (isKeyRefused || (answer !== undefined && OF_KEY.has(answer.code))) return 'key';
  if (answer !== undefined && OF_PROJECT.has(answer.code)) return 'project';
  return reason === 'unreachable' || reason === 'throttled' ? 'endpoint' : undefined;
}

function brokenFinding(step: Step, first: CallResult<unknown>): Finding {
  switch (first.kind) {
    case 'failed':
      return problem(step, refusalExplained(first));
    case 'skipped':
      return unchecked(step, SKIPPED[first.why]);
    default:
      return ok(step, 'answers');
  }
}

const SKIPPED = {
  resting: 'not asked: this key was refused, or told to wait, in another project',
  'out of time': 'no time was left to ask',
  'the endpoint does not answer': 'not asked: the endpoint did not answer earlier calls',
} as const;

export function skippedWords(why: keyof typeof SKIPPED): string {
  return SKIPPED[why];
}
