import type { LookFailure } from '../../events/event.ts';
import type { Phase } from '../../events/phase.ts';
import type { Cause } from '../../events/reason.ts';
import type { Heading, Label, LinkWord, Mark } from '../language.ts';

export const labels: Readonly<Record<Label, string>> = {
  happened: 'Happened',
  status: 'Status',
  progress: 'Progress',
  rate: 'Rate',
  timeLeft: 'Time left',
  keyCounts: 'Key counts',
  traffic: 'Traffic',
  because: 'Because',
  lag: 'Lag (offset)',
  keyGap: 'Key gap',
  inStepFor: 'In step for',
  takesBack: 'Retracts',
  targetAtTheEnd: 'Target at the end',
  noProgressSince: 'No progress since',
  hadStalledSince: 'Had been stalled since',
  lagHasGrownSince: 'Lag has been growing since',
  hadFallenBehindSince: 'Had been falling behind since',
  keysInTheTarget: 'Keys in the target',
  reminder: 'Reminder',
  resynchronisation: 'Resynchronisation',
  validUntil: 'Valid until',
  failing: 'Trouble',
  failingUntilNow: 'Trouble until now',
  channel: 'Channel',
  reason: 'Reason',
  route: 'Source → target',
  project: 'Project',
  watchedTasks: 'Watched tasks',
  phaseBefore: 'Previous phase',
};

export const headings: Readonly<Record<Heading, string>> = {
  notChecked: 'Not checked',
  notObserved: 'Not observed',
  errorMessage: 'Error message',
  lastErrors: 'Last errors in its log',
  notKnown: 'Not known',
};

export const links: Readonly<Record<LinkWord, string>> = {
  console: 'console',
  documentation: 'documentation',
};

export const marks: Readonly<Record<Mark, string>> = {
  drill: 'DRILL',
  still: 'STILL',
  ready: 'READY',
  notReady: 'NOT READY',
  notKnown: 'NOT KNOWN',
  fellBack: 'FELL BACK',
  rolledBack: 'ROLLED BACK',
  switched: 'SWITCHED',
  done: 'DONE',
  notDone: 'NOT DONE',
  failed: 'FAILED',
  check: 'CHECK',
};

/** The codes are English words already, which programs read. */
export const phases: Readonly<Record<Phase, string>> = {
  creating: 'creating',
  configuring: 'configuring',
  migrating: 'migrating',
  full: 'full',
  incremental: 'incremental',
  switching: 'switching',
  stopping: 'stopping',
  stopped: 'stopped',
  succeeded: 'succeeded',
  failed: 'failed',
  released: 'released',
  gone: 'gone',
  unknown: 'unknown',
};

export const failures: Readonly<Record<LookFailure, string>> = {
  'not found': 'not found',
  'not authorised': 'not authorised',
  refused: 'refused',
  throttled: 'throttled',
  unreachable: 'unreachable',
  'unreadable answer': 'unreadable answer',
};

/** The codes are the English names, which programs read. */
export const causes: Readonly<Record<Cause, string>> = {
  'client-output-buffer-limit': 'client-output-buffer-limit',
  'repl-timeout': 'repl-timeout',
  'SYNC/PSYNC disabled': 'SYNC/PSYNC disabled',
  'white list': 'white list',
  BUSYKEY: 'BUSYKEY',
  'DUMP payload version': 'DUMP payload version',
  OOM: 'OOM',
  MISCONF: 'MISCONF',
  'max clients': 'max clients',
  READONLY: 'READONLY',
  cluster: 'cluster',
  'cluster down': 'cluster down',
  password: 'password',
  'unreachable source': 'unreachable source',
};
