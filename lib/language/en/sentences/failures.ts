import type { Dossier, NotChecked, Unread } from '../../../events/event.ts';
import type { Cause } from '../../../events/reason.ts';
import { causeIn } from '../../facts.ts';

/** A dossier in a few words, behind the sentence of its event; empty when it says nothing. */
export function dossierWords(dossier: Dossier | undefined): string {
  const cause = causeIn(dossier);
  const known = dossier?.advice === undefined ? '' : ` (${dossier.advice.cause})`;
  return cause === undefined ? known : `${known}: ${cause}`;
}

/** A call about a failure that gave no answer. */
export function unreadWords({ what, why, failure }: Unread): string {
  switch (why) {
    case 'denied':
      return `the ${what}: the key may not read it`;
    case 'failed':
      return `the ${what}: could not be read (${failure})`;
    case 'missing':
      return `the ${what}: there is none of this task`;
    default:
      return `the ${what}: was not read`;
  }
}

const SKIPPED: Readonly<Partial<Record<NonNullable<NotChecked['list']>, string>>> = {
  resting: 'resting',
  out_of_time: 'out of time',
  endpoint_silent: 'the endpoint does not answer',
};

/** Why an end could not be checked. */
export function notCheckedWords({ what, list, failure }: NotChecked): string {
  if (what === 'rolled back')
    return 'an IP switch was going on, and the service does not say whether it was rolled back';
  return `a deleted task reads the same, and ${listWords(list, failure)} to tell them apart`;
}

function listWords(list: NotChecked['list'], failure: NotChecked['failure']): string {
  if (list === 'denied') return 'the key may not list tasks (dcs:migrationTask:list)';
  if (list === 'failed') return `the list of tasks could not be read (${failure})`;
  const why = list && SKIPPED[list];
  return `the list of tasks was not read${why === undefined ? '' : ` (${why})`}`;
}

/** The address that a white list must have. */
const MACHINE = "the migration task's private IP address (ecs_tenant_private_ip)";

/** Advice on known causes. */
export const advice: Readonly<Record<Cause, (machineAddress?: string) => string>> = {
  'client-output-buffer-limit': () =>
    'Set client-output-buffer-limit (slave) of the source to 20 % of its maximum memory, then restart the task.',
  'repl-timeout': () => 'Set repl-timeout of the source to 300 seconds, then restart the task.',
  'SYNC/PSYNC disabled': () =>
    'The source refuses SYNC and PSYNC, which online migration needs: enable them there, or import a backup instead.',
  'white list': (address) =>
    `Put ${address === undefined ? MACHINE : `${address}, ${MACHINE},`} on the source's white list.`,
  BUSYKEY: () =>
    'The target has keys of the same names: empty it, or delete those keys, and start the task again.',
  'DUMP payload version': () =>
    'The source is newer than the target can read: migrate to an instance of the same or a newer Redis version.',
  OOM: () =>
    'The instance has no memory left for writes: scale the target up, or free memory there, and start the task again.',
  MISCONF: () =>
    'The instance refuses writes because it could not save its data: free its disk and memory, see its log, then retry.',
  'max clients': () =>
    'The instance takes no more connections: raise maxclients there, or close idle clients, and start the task again.',
  READONLY: () =>
    'The address of the target is that of a read-only replica: give the task the address of its master.',
  cluster: () =>
    'One side is a Redis Cluster and was used as a single instance: name all its nodes, and choose a target of its kind.',
  'cluster down': () =>
    'The cluster has slots that no node serves: bring its nodes back (CLUSTER INFO says ok), and start the task again.',
  password: () =>
    'Check the passwords of source and target in the task: its connection test must pass for both.',
  'unreachable source': () =>
    'The migration machine cannot reach an instance: check address, port, security groups and routes from its VPC.',
};
