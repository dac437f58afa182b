/** The promise to receivers: for each type of event when it is sent, how much it matters, and what its data holds. */
import * as z from 'zod/mini';
import type { EventType } from './event.ts';
import type { Severity } from './phase.ts';
import {
  KEY_GAP,
  OFFSET,
  REASON,
  RETRACTS,
  readiness,
  SOURCE_KEYS,
  TARGET_KEYS,
  UNMET,
} from './schema/figures.ts';
import { group, retracted } from './schema/group.ts';
import { optional } from './schema/words.ts';
import type { DATA } from './schema.ts';
import {
  BLOCKED_TRANSITIONS,
  CALL_TRANSITIONS,
  GONE_TRANSITIONS,
  RESUMED_TRANSITIONS,
  STATUS_TRANSITIONS,
  type Transition,
  UNREADY_TRANSITIONS,
} from './transition.ts';

type Field = keyof typeof DATA;

/** The transitions of one type. */
const one = (transitions: readonly Transition[]) =>
  z.enum(transitions).check(z.describe('The transition as a code. Absent from events of older versions.'));

export interface EventKind {
  /** When it is sent. */
  readonly when: string;
  readonly severities: readonly Severity[];
  /** Fields of its data besides severity, number, summary and link. */
  readonly holds: readonly Field[];
  readonly mayHold?: readonly Field[];
  /** One of these it holds, never both. */
  readonly eitherOf?: readonly Field[];
  /** Fields of which more is known in this type. */
  readonly narrowed?: Readonly<Partial<Record<Field, z.ZodMiniType>>>;
}

const FENCING: readonly Field[] = ['validUntil', 'sequence'];
const PLAIN_GROUP = { group: group({}) };

export const EVENT_KINDS: Readonly<Record<EventType, EventKind>> = {
  'dcs.migration.first_seen': {
    when: 'the first look at a task. A chat gets one message for all tasks first seen together (about a hundred by name, the rest as a number). A `failure` if the task has failed; a discovered task that has succeeded is a `success`, or an `action` if that could not be checked',
    severities: ['info', 'action', 'success', 'failure'],
    holds: ['task', 'to'],
    mayHold: ['notChecked', 'unchecked', 'dossier'],
  },
  'dcs.migration.status_changed': {
    when: 'the status or its phase has changed, or the phase is now certain. A failure includes what is known about its cause. An end includes a report and, for a replication, how far the target was: only in step is it a good end',
    severities: ['info', 'action', 'success', 'failure'],
    holds: ['task', 'from', 'to'],
    mayHold: [
      'transition',
      'switchStatus',
      'notChecked',
      'notObserved',
      'unchecked',
      'dossier',
      'lastFigures',
      'report',
    ],
    narrowed: { transition: one(STATUS_TRANSITIONS) },
  },
  'dcs.migration.gone': {
    when: 'two looks in a row say that a known task no longer exists (`info` if it had already ended well)',
    severities: ['action', 'info'],
    holds: ['task', 'from', 'to'],
    mayHold: ['transition', 'lastFigures', 'report'],
    narrowed: { transition: one(GONE_TRANSITIONS) },
  },
  'dcs.migration.progress': {
    when: 'the full synchronisation passes a mark: 25, 50, 75 %',
    severities: ['info'],
    holds: ['task', 'standing', 'progress'],
  },
  'dcs.migration.cutover_ready': {
    when: 'source and target are in step, by lag and key counts, for three looks in a row. Valid until `validUntil`',
    severities: ['action'],
    holds: ['task', 'standing', 'readiness', ...FENCING],
    mayHold: ['renews'],
    narrowed: {
      readiness: readiness({
        offset: OFFSET,
        keyGapPercent: KEY_GAP,
        sourceKeys: SOURCE_KEYS,
        targetKeys: TARGET_KEYS,
      }),
    },
  },
  'dcs.migration.cutover_unready': {
    when: 'takes `cutover_ready` back: for three looks in a row the task is no longer ready, or readiness cannot be confirmed; at once when it is far behind. A switch or a stop is the cut-over itself, and takes nothing back',
    severities: ['action'],
    holds: ['task', 'standing', 'readiness'],
    mayHold: ['transition'],
    narrowed: {
      transition: one(UNREADY_TRANSITIONS),
      readiness: readiness({ reason: REASON, unmet: optional(UNMET), retracts: RETRACTS }),
    },
  },
  'dcs.migration.cutover_blocked': {
    when: 'a replication is not ready for ten looks and does not get closer. It says which condition is not met and the usual cause, or that this is not known. Sent once, until that changes; it takes nothing back',
    severities: ['action'],
    holds: ['task', 'standing', 'readiness'],
    mayHold: ['transition'],
    narrowed: {
      transition: one(BLOCKED_TRANSITIONS),
      readiness: readiness({ reason: REASON, unmet: UNMET }),
    },
  },
  'dcs.migration.regressed': {
    when: 'incremental replication fell back to a full synchronisation; a failure if `cutover_ready` was sent, or a switch was under way',
    severities: ['action', 'failure'],
    holds: ['task', 'from', 'standing', 'resynchronisations'],
  },
  'dcs.migration.stalled': {
    when: 'half an hour without progress, or with a lag that only grows',
    severities: ['action'],
    holds: ['task', 'standing', 'stall'],
    mayHold: ['seconds'],
  },
  'dcs.migration.resumed': {
    when: 'a stalled task moves again, or has left that phase',
    severities: ['info'],
    holds: ['task', 'standing', 'stall'],
    mayHold: ['transition'],
    narrowed: { transition: one(RESUMED_TRANSITIONS) },
  },
  'dcs.migration.forgotten': {
    when: 'a task has waited a day to be configured, or has replicated for a week; says what keeps it from being ready. Repeated every day',
    severities: ['action'],
    holds: ['task', 'standing', 'reminders'],
    mayHold: ['seconds', 'readiness', 'lastFigures'],
  },
  'dcs.migration.ip_switched': {
    when: 'the IP addresses of source and target are switched (`action` if the target was not seen in step right before)',
    severities: ['success', 'action'],
    holds: ['task', 'standing', 'lastFigures'],
    mayHold: ['notChecked', 'unchecked'],
  },
  'dcs.migration.ip_rolled_back': {
    when: 'an IP switch was rolled back',
    severities: ['action'],
    holds: ['task', 'standing'],
  },
  'dcs.group.ready': {
    when: 'all tasks of a group are ready for the cut-over. Valid until `validUntil`',
    severities: ['action'],
    holds: ['group', ...FENCING],
    mayHold: ['renews'],
    narrowed: PLAIN_GROUP,
  },
  'dcs.group.failed': {
    when: 'a task of a group failed, or was deleted before it ended. Holds until it runs again or succeeds',
    severities: ['failure'],
    holds: ['group'],
    narrowed: PLAIN_GROUP,
  },
  'dcs.group.finished': {
    when: 'all tasks of a group have ended (`action` if the target of one was not in step, or if one could not be checked or was deleted early)',
    severities: ['success', 'action'],
    holds: ['group'],
    mayHold: ['unchecked'],
    narrowed: PLAIN_GROUP,
  },
  'dcs.group.retracted': {
    when: 'takes `group.ready`, `group.failed` or `group.finished` back',
    severities: ['action'],
    holds: ['group'],
    narrowed: { group: group({ retracts: retracted }) },
  },
  'dcs.watch.failing': {
    when: 'three looks in a row failed; gives the reason. One event for the whole project if all its tasks fail, or if its list fails and nothing else is seen. Repeated after one hour, six hours, and each day, as long as it lasts',
    severities: ['action'],
    holds: ['reason', 'detail'],
    mayHold: ['answer', 'since', 'looks', 'reminders'],
    eitherOf: ['task', 'project'],
  },
  'dcs.watch.restored': {
    when: 'the next good look after `watch.failing`',
    severities: ['info'],
    holds: ['reason', 'detail'],
    mayHold: ['since'],
    eitherOf: ['task', 'project'],
  },
  'dcs.watch.degraded': {
    when: 'an additional call fails (statistics, list, log); says what is not known because of it',
    severities: ['action'],
    holds: ['project', 'reason', 'detail'],
    mayHold: ['transition', 'call', 'answer'],
    narrowed: { transition: one(CALL_TRANSITIONS) },
  },
  'dcs.watch.channel_broken': {
    when: 'channels do not work until somebody repairs them; the other channels get one event that names all that broke in one tick. Repeated each day, as long as they are broken',
    severities: ['action'],
    holds: ['channel', 'channels'],
    mayHold: ['unlisted', 'reminders'],
  },
};
