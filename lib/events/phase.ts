/** How much a status or an event matters to whom: `action` means that somebody should act. */
export const SEVERITIES = ['info', 'action', 'success', 'failure'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Our normal form of a status. */
export const PHASES = [
  'creating',
  'configuring',
  'migrating',
  'full',
  'incremental',
  'switching',
  'stopping',
  'stopped',
  'succeeded',
  'failed',
  'released',
  'gone',
  'unknown',
] as const;

export type Phase = (typeof PHASES)[number];

/** True for phases in which changes of the source still arrive at the target. */
export function isReplicating(phase: Phase | undefined): boolean {
  return phase === 'incremental' || phase === 'switching';
}

const WORKING: ReadonlySet<Phase> = new Set(['migrating', 'full', 'incremental', 'switching']);

/** True for phases in which data is moving: what a later stop must be measured against. */
export function isWorking(phase: Phase): boolean {
  return WORKING.has(phase);
}

const FINAL: ReadonlySet<Phase> = new Set(['stopped', 'succeeded', 'failed', 'released', 'gone']);

/** True for phases in which nothing moves any more, unless somebody restarts the task. */
export function isFinal(phase: Phase): boolean {
  return FINAL.has(phase);
}

/** The API's enumeration spells the incremental status wrongly, some of its prose rightly. Both mean the same. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([['INCRMIGRATING', 'INCRMIGEATING']]);

/** One spelling for statuses that the service spells in two ways. */
export function canonicalStatus(status: string): string {
  return SPELLINGS.get(status) ?? status;
}
