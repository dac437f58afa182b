import { defined } from '../../../base/defined.ts';
import type { Dossier, Unread } from '../../../events/event.ts';
import { en } from '../../../language/en.ts';
import { type CallResult, type Enrichment, unansweredOf, valueIn } from '../../model/enrichment.ts';
import { adviceOn } from './advice.ts';

/** Log lines that fit into a message. */
const MOST_LINES = 5;

/** The facts of a failure from the list and the log, with advice where the cause is known. */
export function dossierOf({ listed, logs }: Enrichment, observedIp?: string): Dossier {
  const entry = valueIn(listed);
  const errorMessage = entry === 'absent' ? undefined : entry?.errorMessage;
  const newest = (valueIn(logs) ?? []).slice(0, MOST_LINES).reverse();
  const log = newest.map(({ at, message }) => defined<Dossier['log'][number]>({ at, message }));
  const migrationIp = observedIp ?? (entry === 'absent' ? undefined : entry?.migrationIp);
  const messages = log.map(({ message }) => message);
  const texts = errorMessage === undefined ? messages : [errorMessage, ...messages];
  const advice = adviceOn(texts, migrationIp);
  const unread = [...unreadOf('error message', listed), ...unreadOf('log', logs)];
  return defined({
    errorMessage,
    log,
    advice,
    unknown: unread.map(en.prose.unread),
    unread: unread.length > 0 ? unread : undefined,
  });
}

function unreadOf(what: Unread['what'], answer: CallResult<unknown> | undefined): Unread[] {
  return answer?.kind === 'known' ? [] : [{ what, ...unansweredOf(answer) }];
}
