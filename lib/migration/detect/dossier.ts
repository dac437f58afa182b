import type { Dossier, Unread } from '../../events/event.ts';
import { en } from '../../language/en.ts';
import { type CallResult, type Enrichment, unansweredOf, valueIn } from '../model/enrichment.ts';
import type { Observation } from '../model/observation.ts';
import { adviceOn } from './advice.ts';

/** As many log lines as a message has room for. */
const MOST_LINES = 5;

/** Why a task failed: what the list and the log say, and what to do about it where the cause is known. */
export function dossierOf(
  { listed, logs }: Enrichment,
  observation?: Pick<Observation, 'migrationIp'>,
): Dossier {
  const entry = valueIn(listed);
  const errorMessage = entry === 'absent' ? undefined : entry?.errorMessage;
  const newest = (valueIn(logs) ?? []).slice(0, MOST_LINES).reverse();
  const log = newest.map(({ at, message }) => ({
    ...(at !== undefined && { at }),
    message,
  }));
  const migrationIp = observation?.migrationIp ?? (entry === 'absent' ? undefined : entry?.migrationIp);
  const texts = [...(errorMessage === undefined ? [] : [errorMessage]), ...log.map((line) => line.message)];
  const advice = adviceOn(texts, migrationIp);
  const unread = [...unreadOf('error message', listed), ...unreadOf('log', logs)];
  return {
    ...(errorMessage !== undefined && { errorMessage }),
    log,
    ...(advice !== undefined && { advice }),
    unknown: unread.map(en.prose.unread),
    ...(unread.length > 0 && { unread }),
  };
}

function unreadOf(what: Unread['what'], answer: CallResult<unknown> | undefined): Unread[] {
  return answer?.kind === 'known' ? [] : [{ what, ...unansweredOf(answer) }];
}
