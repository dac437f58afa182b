import type { EventType, MigrationEvent, Readiness, Unmet } from '../events/event.ts';
import { isFinal, type Severity } from '../events/phase.ts';
import type { Language, Mark } from '../language/language.ts';

/** Names of colours; each channel has its own values for them. */
export type Colour = 'green' | 'amber' | 'orange' | 'red' | 'grey';

/** The outcome of an event at a glance: no two outcomes that call for different actions have the same badge. */
export interface Badge {
  readonly symbol: string;
  readonly colour: Colour;
  /** The one word that matters, put first; absent where the sentence is news enough. */
  readonly mark?: Mark;
}

const BY_SEVERITY: Readonly<Record<Severity, Badge>> = {
  info: { symbol: 'ℹ️', colour: 'grey' },
  action: { symbol: '⚠️', colour: 'amber' },
  success: { symbol: '✅', colour: 'green' },
  failure: { symbol: '❌', colour: 'red' },
};

/** Nothing that was to be sent holds any more. */
export const CALM = BY_SEVERITY.info;

const READY: Badge = { symbol: '🟢', colour: 'green', mark: 'ready' };
const NOT_READY: Badge = { symbol: '⛔', colour: 'orange', mark: 'notReady' };
/** It is not known whether it is ready. */
const NOT_KNOWN: Badge = { symbol: '❔', colour: 'amber', mark: 'notKnown' };
const BY_TYPE: ReadonlyMap<EventType, Badge> = new Map([
  ['dcs.migration.cutover_ready', READY],
  ['dcs.migration.cutover_unready', NOT_READY],
  ['dcs.group.ready', READY],
  ['dcs.migration.regressed', { symbol: '⏪', colour: 'red', mark: 'fellBack' }],
  ['dcs.migration.stalled', { symbol: '⏸️', colour: 'amber' }],
  ['dcs.migration.resumed', { symbol: '▶️', colour: 'grey' }],
  ['dcs.migration.ip_rolled_back', { symbol: '↩️', colour: 'amber', mark: 'rolledBack' }],
]);

/** Events that may be the end of a migration or of a group; that a task was deleted is no end of its own. */
const ENDS: ReadonlySet<EventType> = new Set([
  'dcs.migration.first_seen',
  'dcs.migration.status_changed',
  'dcs.group.finished',
  'dcs.group.failed',
]);
const GOOD_END: Badge = { symbol: '✅', colour: 'green', mark: 'done' };
const SWITCHED: Badge = { symbol: '✅', colour: 'green', mark: 'switched' };
const BAD_END: Badge = { symbol: '❌', colour: 'red', mark: 'failed' };
/** An end that somebody has to look at: not known to be good. */
const DOUBTFUL_END: Badge = { symbol: '🛑', colour: 'orange', mark: 'check' };

/** Retracted announcements of a group. */
const TAKEN_BACK: ReadonlyMap<EventType, Badge> = new Map([
  ['dcs.group.ready', NOT_READY],
  ['dcs.group.finished', { symbol: '↩️', colour: 'orange', mark: 'notDone' }],
]);

export function badgeOf(event: MigrationEvent): Badge {
  const { severity, group } = event.data;
  const retracted = group?.retracts && TAKEN_BACK.get(group.retracts.type);
  const own = retracted ?? badgeOfType(event);
  if (own !== undefined) return own;
  return isEnd(event) ? badgeOfEnd(event) : BY_SEVERITY[severity];
}

function isEnd({ type, data: { to, group } }: MigrationEvent): boolean {
  return ENDS.has(type) && (to === undefined ? group !== undefined : isFinal(to.phase));
}

function badgeOfEnd(event: MigrationEvent): Badge {
  switch (event.data.severity) {
    case 'success':
      return GOOD_END;
    case 'failure':
      return BAD_END;
    case 'action':
      return DOUBTFUL_END;
    default:
      return isEndInStep(event) ? GOOD_END : BY_SEVERITY.info;
  }
}

function badgeOfType({ type, data }: MigrationEvent): Badge | undefined {
  const { readiness, lastFigures, severity } = data;
  const isLacking = lastFigures !== undefined && lastFigures.state !== 'in step' && severity === 'action';
  switch (type) {
    case 'dcs.migration.cutover_blocked':
    case 'dcs.migration.forgotten':
      if (isLacking) return DOUBTFUL_END;
      return readiness === undefined ? undefined : badgeOfReadiness(readiness);
    case 'dcs.migration.ip_switched':
      return severity === 'success' ? SWITCHED : DOUBTFUL_END;
    case 'dcs.migration.gone':
      return isLacking ? DOUBTFUL_END : undefined;
    default:
      return BY_TYPE.get(type);
  }
}

const UNKNOWN: readonly Unmet[] = ['lag unknown', 'keys unknown'];

function badgeOfReadiness({ reason, unmet = [] }: Readiness): Badge {
  if (reason === undefined) return READY;
  return unmet.length > 0 && unmet.every((one) => UNKNOWN.includes(one)) ? NOT_KNOWN : NOT_READY;
}

/**
 * The good end of an online migration is a stop. DCS calls it no success, and no program should act on it, for clients
 * may still write to the source; but people want to see that it went well.
 */
function isEndInStep({ type, data: { lastFigures } }: MigrationEvent): boolean {
  return type === 'dcs.migration.status_changed' && lastFigures?.state === 'in step';
}

/** The badge of several events as one message: theirs if all have the same, else that of the gravest severity. */
export function badgeOfAll(events: readonly MigrationEvent[], gravest: MigrationEvent): Badge {
  const badges = new Set(events.map(badgeOf));
  return badges.size === 1 ? badgeOf(gravest) : BY_SEVERITY[gravest.data.severity];
}

/** A rehearsal's messages begin with it: `DRILL · `. */
export function drillMark(events: readonly MigrationEvent[], { marks }: Language): string {
  return events.some(({ drill }) => drill) ? `${marks.drill} · ` : '';
}

/** Reminders begin with it: `🔔 STILL · `. */
export function reminderMark({ marks }: Language): string {
  return `🔔 ${marks.still} · `;
}

/** Sentences begin with it: `✅ DONE · `. */
export function markOf(event: MigrationEvent, { marks }: Language): string {
  const { symbol, mark } = badgeOf(event);
  return mark === undefined ? `${symbol} ` : `${symbol} ${marks[mark]} · `;
}

const GRAVEST: readonly Severity[] = ['failure', 'action', 'success', 'info'];

/** 0 for the severity that matters most. */
export function rankOf({ data: { severity } }: MigrationEvent): number {
  return GRAVEST.indexOf(severity);
}

/** The event that matters most; among equals the last, for it knows most. */
export function gravestOf(events: readonly [MigrationEvent, ...MigrationEvent[]]): MigrationEvent {
  const [first] = events;
  return events.reduce((gravest, event) => (rankOf(event) <= rankOf(gravest) ? event : gravest), first);
}
