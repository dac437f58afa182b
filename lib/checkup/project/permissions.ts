import type { CallResult } from '../../migration/model/enrichment.ts';
import type { Look } from '../../migration/model/observation.ts';
import { type Finding, LATER, ok, problem, sentence, unchecked } from '../finding.ts';
import { skippedWords } from './access.ts';
import { refusalExplained } from './answers.ts';
import type { DcsAnswers } from './asked.ts';

/** Each of the four calls, and what the watcher cannot tell without it. */
const CALLS = {
  show: { what: 'read tasks', call: 'ShowMigrationTask', without: 'nothing is seen at all' },
  list: {
    what: 'list tasks',
    call: 'ListMigrationTask',
    without: 'no task is discovered, and the reason of a failure is missing',
  },
  stats: {
    what: 'read figures',
    call: 'ShowMigrationTaskStats',
    without: 'there is no progress, no lag, and no task is ever ready for its cut-over',
  },
  logs: {
    what: 'read logs',
    call: 'ListMigrationTaskLogs',
    without: 'the errors of a failed task are missing',
  },
} as const;
type Call = keyof typeof CALLS;

/** Whether the key may make each of the four calls. */
export function permissionFindings(asked: DcsAnswers): Finding[] {
  return [
    findingOf('show', showIn(asked)),
    findingOf('list', asked.list),
    findingOf('stats', asked.stats),
    findingOf('logs', asked.logs),
  ];
}

/** The look that says most: one that was permitted, else one that was not. */
function showIn({ looks, show }: DcsAnswers): CallResult<unknown> | undefined {
  const all = [...looks.values(), ...(show === undefined ? [] : [show])];
  const best = all.find(({ kind }) => kind === 'seen' || kind === 'missing') ?? all.find(isDenied) ?? all[0];
  return best && asResult(best);
}

function isDenied(look: Look): boolean {
  return look.kind === 'failed' && look.answer?.code.startsWith('not_permitted') === true;
}

/** Only the checkup makes a look denied: a watcher without that right knows nothing. */
function asResult(look: Look): CallResult<unknown> {
  if (look.kind === 'seen') return { kind: 'known', value: look.observation };
  return look.kind === 'failed' && isDenied(look) ? { ...look, kind: 'denied' } : look;
}

function findingOf(name: Call, result: CallResult<unknown> | undefined): Finding {
  const { what, call, without } = CALLS[name];
  if (result === undefined) return unchecked(what, LATER);
  switch (result.kind) {
    case 'known':
      return ok(what, `permitted (${call})`);
    case 'missing':
      return ok(what, `permitted (${call}), though no task was there to try it on`);
    case 'denied': {
      const { words, advice } = refusalExplained(result);
      return problem(what, { words, advice: `${advice} ${sentence(`without it, ${without}`)}` });
    }
    case 'skipped':
      return unchecked(what, skippedWords(result.why));
    default:
      return problem(what, refusalExplained(result));
  }
}
