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
  z
    .enum(transitions)
    .check(z.describe('What has happened, as a code. Absent from events of older versions.'));

export interface EventKind {
  /** When it is told. */
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

const ENDS: readonly Field[] = ['report'];
const FENCE: readonly Field[] = ['validUntil', 'sequence'];
const PLAIN_GROUP = { group: group({}) };

export const EVENT_KINDS: Readonly<Record<EventType, EventKind>> = {
  'dcs.migration.first_seen': {
    when: 'the first look at a task. Slack gets one message for all tasks first seen together (some hundred by name, the rest counted). A failure if it has failed; what a discovered task has come to is news',
    severities: ['info', 'action', 'success', 'failure'],
    holds: ['task', 'to'],
    mayHold: ['notChecked', 'unchecked', 'dossier'],
  },
  'dcs.migration.status_changed': {
    when: 'the status, or the phase it means, is another one, or is certain now. With a failure comes what is known of its cause, with an end a report, and how far the target of a replication was: only in step is it a good one',
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
      ...ENDS,
    ],
    narrowed: { transition: one(STATUS_TRANSITIONS) },
  },
  'dcs.migration.gone': {
    when: 'two looks in a row say that a known task does not exist any more (`info` if it had ended before, and well)',
    severities: ['action', 'info'],
    holds: ['task', 'from', 'to'],
    mayHold: ['transition', 'lastFigures', ...ENDS],
    narrowed: { transition: one(GONE_TRANSITIONS) },
  },
  'dcs.migration.progress': {
    when: 'the full synchronisation passes a mark: 25, 50, 75 %',
    severities: ['info'],
    holds: ['task', 'standing', 'progress'],
  },
  'dcs.migration.cutover_ready': {
    when: 'source and target are in step, by lag and key counts, for three looks in a row. Holds until `validUntil`',
    severities: ['action'],
    holds: ['task', 'standing', 'readiness', ...FENCE],
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
    when: 'takes `cutover_ready` back: for three looks in a row it is not so any more, or cannot be confirmed; at once when it is far behind. Being switched or stopped is the cut-over, and takes nothing back',
    severities: ['action'],
    holds: ['task', 'standing', 'readiness'],
    mayHold: ['transition'],
    narrowed: {
      transition: one(UNREADY_TRANSITIONS),
      readiness: readiness({ reason: REASON, unmet: optional(UNMET), retracts: RETRACTS }),
    },
  },
  'dcs.migration.cutover_blocked': {
    when: 'a replication is not ready for ten looks and does not get nearer: which condition is not met and what usually causes it, or that nobody can tell. Once, until that changes; it takes nothing back',
    severities: ['action'],
    holds: ['task', 'standing', 'readiness'],
    mayHold: ['transition'],
    narrowed: {
      transition: one(BLOCKED_TRANSITIONS),
      readiness: readiness({ reason: REASON, unmet: UNMET }),
    },
  },
  'dcs.migration.regressed': {
    when: 'incremental replication fell back to a full synchronisation: a failure where somebody was told to be ready, or was switching',
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
    when: 'what had stalled moves again, or has left that phase',
    severities: ['info'],
    holds: ['task', 'standing', 'stall'],
    mayHold: ['transition'],
    narrowed: { transition: one(RESUMED_TRANSITIONS) },
  },
  'dcs.migration.forgotten': {
    when: 'waits for a day to be configured, or replicates for a week, with what keeps it from being ready; every day again',
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
    when: 'all tasks of a group are ready for the cut-over. Holds until `validUntil`',
    severities: ['action'],
    holds: ['group', ...FENCE],
    mayHold: ['renews'],
    narrowed: PLAIN_GROUP,
  },
  'dcs.group.failed': {
    when: 'a task of a group failed, or is gone before it had ended. Stands until it runs anew or succeeds',
    severities: ['failure'],
    holds: ['group'],
    narrowed: PLAIN_GROUP,
  },
  'dcs.group.finished': {
    when: 'all tasks of a group have ended (`action` if the target of one was not in step, if one could not be checked, or was deleted before)',
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
    when: 'three looks in a row failed, with the reason. One for the whole project if all its tasks fail, or if its list does where nothing else is seen. Again after one hour, six hours, and each day, as long as it lasts',
    severities: ['action'],
    holds: ['reason', 'detail'],
    mayHold: ['since', 'looks', 'reminders'],
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
    when: 'a call beside the looks does not work (statistics, list, log), and what is not known because of it',
    severities: ['action'],
    holds: ['project', 'reason', 'detail'],
    mayHold: ['transition', 'call'],
    narrowed: { transition: one(CALL_TRANSITIONS) },
  },
  'dcs.watch.channel_broken': {
    when: 'channels cannot be told anything until somebody mends them; the others are told in one event that names all that broke in one tick. Again each day, as long as they are',
    severities: ['action'],
    holds: ['channel', 'channels'],
    mayHold: ['unlisted', 'reminders'],
  },
};
