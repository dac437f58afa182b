import type { Dossier } from '../../events/event.ts';
import { type Answer, known, type Neighbours } from '../model/enrichment.ts';
import type { Observation } from '../model/observation.ts';
import { adviceOn } from './advice.ts';

/** As many log lines as a message has room for. */
const MOST_LINES = 5;

/** Why a task failed: what the list and the log say, and what to do about it where the cause is known. */
export function dossierOf(
  { listed, logs }: Neighbours,
  observation?: Pick<Observation, 'migrationIp'>,
): Dossier {
  const entry = known(listed);
  const errorMessage = entry === 'absent' ? undefined : entry?.errorMessage;
  const newest = (known(logs) ?? []).slice(0, MOST_LINES).reverse();
  const log = newest.map(({ at, message }) => ({
    ...(at !== undefined && { at }),
    message,
  }));
  const migrationIp = observation?.migrationIp ?? (entry === 'absent' ? undefined : entry?.migrationIp);
  const texts = [...(errorMessage === undefined ? [] : [errorMessage]), ...log.map((line) => line.message)];
  const advice = adviceOn(texts, migrationIp);
  return {
    ...(errorMessage !== undefined && { errorMessage }),
    log,
    ...(advice !== undefined && { advice }),
    unknown: [whyUnknown('the error message', listed), whyUnknown('the log', logs)].filter(
      (why) => why !== '',
    ),
  };
}

function whyUnknown(what: string, answer: Answer<unknown> | undefined): string {
  switch (answer?.kind) {
    case 'known':
      return '';
    case 'denied':
      return `${what}: the key may not read it`;
    case 'failed':
      return `${what}: could not be read (${answer.reason})`;
    case 'missing':
      return `${what}: there is none of this task`;
    default:
      return `${what}: was not read`;
  }
}

/** As much of the service's own words as a summary has room for. Characters. */
const LONGEST_CAUSE = 120;

/** A dossier in a few words, for the summary of the event; empty when it says nothing. */
export function dossierWords({ errorMessage, log, advice }: Dossier): string {
  const cause = errorMessage ?? log.at(-1)?.message;
  const known = advice === undefined ? '' : ` (${advice.cause})`;
  return cause === undefined ? known : `${known}: ${shortened(cause)}`;
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= LONGEST_CAUSE ? text : `${characters.slice(0, LONGEST_CAUSE - 1).join('')}…`;
}
