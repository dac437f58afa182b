import type { Dossier, NotChecked, Unread } from '../../../events/event.ts';
import type { Cause } from '../../../events/reason.ts';
import { causeIn } from '../../facts.ts';

/** A dossier in a few words, behind the sentence of its event; empty when it says nothing. */
export function dossierWords(dossier: Dossier | undefined): string {
  const known = dossier?.advice === undefined ? '' : ` (${dossier.advice.cause})`;
  return `${known}${serviceWords(dossier)}`;
}

/** The service's own words, behind a colon. */
export function serviceWords(dossier: Dossier | undefined): string {
  const words = causeIn(dossier);
  return words === undefined ? '' : `: ${words}`;
}

/** A call about a failure that gave no answer. */
export function unreadWords({ what, why, failure }: Unread): string {
  switch (why) {
    case 'denied':
      return `the ${what}: the access key may not read it`;
    case 'failed':
      return `the ${what}: could not be read (${failure})`;
    case 'missing':
      return `the ${what}: this task has none`;
    default:
      return `the ${what}: was not read`;
  }
}

const SKIPPED: Readonly<Partial<Record<NonNullable<NotChecked['list']>, string>>> = {
  resting: 'calls are paused',
  out_of_time: 'time ran out',
  endpoint_silent: 'the endpoint does not answer',
};

/** Why an end could not be checked. */
export function notCheckedWords({ what, list, failure }: NotChecked): string {
  if (what === 'rolled back')
    return 'an IP switch was under way, and DCS does not say whether it was rolled back';
  return `a deleted task shows the same status, and ${listWords(list, failure)}, so the two cannot be told apart`;
}

function listWords(list: NotChecked['list'], failure: NotChecked['failure']): string {
  if (list === 'denied') return 'the access key may not list tasks (dcs:migrationTask:list)';
  if (list === 'failed') return `the list of tasks could not be read (${failure})`;
  const why = list && SKIPPED[list];
  return `the list of tasks was not read${why === undefined ? '' : ` (${why})`}`;
}

/** The address that a white list must have. */
const MACHINE = "the migration task's private IP address (ecs_tenant_private_ip)";

/** Advice on known causes. */
export const advice: Readonly<Record<Cause, (machineAddress?: string) => string>> = {
  'client-output-buffer-limit': () =>
    'Set client-output-buffer-limit (slave) on the source to 20 % of its maximum memory, then restart the task.',
  'repl-timeout': () => 'Set repl-timeout on the source to 300 seconds, then restart the task.',
  'SYNC/PSYNC disabled': () =>
    'The source refuses SYNC and PSYNC, which online migration needs: enable them there, or import a backup instead.',
  'white list': (address) =>
    `Add ${address === undefined ? MACHINE : `${address}, ${MACHINE},`} to the white list of the source.`,
  BUSYKEY: () =>
    'The target already has keys with the same names: empty it, or delete those keys, then restart the task.',
  'DUMP payload version': () =>
    'The source runs a newer Redis than the target can read: migrate to an instance of the same or a newer version.',
  OOM: () =>
    'The target has no memory left for writes: scale it up, or free memory there, then restart the task.',
  MISCONF: () =>
    'The instance that reports this error refuses writes because it could not save its data: free disk space and memory there, check its log, then restart the task.',
  'max clients': () =>
    'The instance that reports this error accepts no more connections: raise its maxclients, or close idle clients, then restart the task.',
  READONLY: () =>
    'The target address in the task is that of a read-only replica: use the address of its master.',
  cluster: () =>
    'One side is a Redis Cluster but is configured as a single instance: list all its nodes, and choose a target of the same type.',
  'cluster down': () =>
    'Some slots of the cluster have no node that serves them: bring the nodes back (CLUSTER INFO must say ok), then restart the task.',
  password: () =>
    'Check the passwords of source and target in the task: the connection test must pass for both.',
  'unreachable source': () =>
    'The migration machine cannot reach an instance: check the address, the port, the security groups, and the routes from its VPC.',
};
