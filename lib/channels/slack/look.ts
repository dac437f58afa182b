import type { EventType, MigrationEvent, Readiness, Unmet } from '../../events/event.ts';
import type { Severity } from '../../events/phase.ts';
import { isFinal } from '../../events/phase.ts';

/** How an event looks before anybody reads it: no two outcomes that call for different actions look the same. */
export interface Look {
  readonly symbol: string;
  /** Of the bar beside the message, as Slack takes it: `#RRGGBB`. */
  readonly color: string;
  /** The one word that matters, put first; absent where the sentence is news enough. */
  readonly word?: string;
}

const GREEN = '#2EB67D';
const AMBER = '#ECB22E';
const ORANGE = '#E8590C';
const RED = '#E01E5A';
const GREY = '#8D9AA5';

const BY_SEVERITY: Readonly<Record<Severity, Look>> = {
  info: { symbol: 'ℹ️', color: GREY },
  action: { symbol: '⚠️', color: AMBER },
  success: { symbol: '✅', color: GREEN },
  failure: { symbol: '❌', color: RED },
};

const READY: Look = { symbol: '🟢', color: GREEN, word: 'READY' };
const NOT_READY: Look = { symbol: '⛔', color: ORANGE, word: 'NOT READY' };
/** Neither ready nor not: nobody can tell. */
const NOT_KNOWN: Look = { symbol: '❔', color: AMBER, word: 'NOT KNOWN' };
const BY_TYPE: ReadonlyMap<EventType, Look> = new Map([
  ['dcs.migration.cutover_ready', READY],
  ['dcs.migration.cutover_unready', NOT_READY],
  ['dcs.group.ready', READY],
  ['dcs.migration.regressed', { symbol: '⏪', color: RED, word: 'FELL BACK' }],
  ['dcs.migration.stalled', { symbol: '⏸️', color: AMBER }],
  ['dcs.migration.resumed', { symbol: '▶️', color: GREY }],
  ['dcs.migration.ip_rolled_back', { symbol: '↩️', color: AMBER, word: 'ROLLED BACK' }],
]);

/** Whether a migration, or all of a group, came to its end; that a task was deleted is no end of its own. */
const ENDS: ReadonlySet<EventType> = new Set([
  'dcs.migration.first_seen',
  'dcs.migration.status_changed',
  'dcs.group.finished',
  'dcs.group.failed',
]);
const GOOD_END: Look = { ...BY_SEVERITY.success, word: 'DONE' };
const SWITCHED: Look = { ...BY_SEVERITY.success, word: 'SWITCHED' };
const BAD_END: Look = { ...BY_SEVERITY.failure, word: 'FAILED' };
/** An end that somebody has to look at: not known to be good. */
const DOUBTFUL_END: Look = { symbol: '🛑', color: ORANGE, word: 'CHECK' };

export function lookOf(event: MigrationEvent): Look {
  const { type, data } = event;
  const { severity, to, group } = data;
  const own = (group?.retracts && TAKEN_BACK.get(group.retracts.type)) ?? lookOfType(event);
  if (own !== undefined) return own;
  const plain = BY_SEVERITY[severity];
  const isEnd = ENDS.has(type) && (to === undefined ? group !== undefined : isFinal(to.phase));
  if (!isEnd) return plain;
  switch (severity) {
    case 'success':
      return GOOD_END;
    case 'failure':
      return BAD_END;
    case 'action':
      return DOUBTFUL_END;
    default:
      return isEndInStep(event) ? GOOD_END : plain;
  }
}

/** What was said of a group, and is so no more. */
const TAKEN_BACK: ReadonlyMap<EventType, Look> = new Map([
  ['dcs.group.ready', NOT_READY],
  ['dcs.group.finished', { symbol: '↩️', color: ORANGE, word: 'NOT DONE' }],
]);

function lookOfType({ type, data }: MigrationEvent): Look | undefined {
  const { readiness, lastFigures, severity } = data;
  const isLacking = lastFigures !== undefined && lastFigures.state !== 'in step' && severity === 'action';
  switch (type) {
    case 'dcs.migration.cutover_blocked':
    case 'dcs.migration.forgotten':
      if (isLacking) return DOUBTFUL_END;
      return readiness === undefined ? undefined : lookOfReadiness(readiness);
    case 'dcs.migration.ip_switched':
      return severity === 'success' ? SWITCHED : DOUBTFUL_END;
    case 'dcs.migration.gone':
      return isLacking ? DOUBTFUL_END : undefined;
    default:
      return BY_TYPE.get(type);
  }
}

const UNKNOWN: readonly Unmet[] = ['lag unknown', 'keys unknown'];

/** Of a replication that is ready, or of which it is said why not. */
function lookOfReadiness({ reason, unmet = [] }: Readiness): Look {
  if (reason === undefined) return READY;
  return unmet.length > 0 && unmet.every((one) => UNKNOWN.includes(one)) ? NOT_KNOWN : NOT_READY;
}

/**
 * The good end of an online migration is a stop: no success of the service's, and none that a program should act on, for
 * clients may still write to the source; but people want to see that it went well.
 */
function isEndInStep({ type, data: { lastFigures } }: MigrationEvent): boolean {
  return type === 'dcs.migration.status_changed' && lastFigures?.state === 'in step';
}

/** How several events look as one message: as each of them does if all look alike, else as grave as the gravest. */
export function lookOfAll(events: readonly MigrationEvent[], gravest: MigrationEvent): Look {
  const looks = new Set(events.map(lookOf));
  return looks.size === 1 ? lookOf(gravest) : BY_SEVERITY[gravest.data.severity];
}

/** What stands before everything in a message that a rehearsal tells: `DRILL · `. */
export function drillMark(events: readonly MigrationEvent[]): string {
  return events.some(({ drill }) => drill) ? 'DRILL · ' : '';
}

/** What stands before the sentence: `✅ DONE · `. */
export function markOf(event: MigrationEvent): string {
  const { symbol, word } = lookOf(event);
  return word === undefined ? `${symbol} ` : `${symbol} ${word} · `;
}
