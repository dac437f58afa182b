import type { Standing } from './event.ts';
import { known, type Neighbours } from './neighbours.ts';
import type { Observation } from './observation.ts';
import type { WatchRecord } from './record.ts';
import { canonicalStatus, meaningOf, type Phase } from './status.ts';

/** Neighbouring calls that can change what is said about a look. */
export interface Wanted {
  readonly stats: boolean;
  readonly listed: boolean;
  readonly logs: boolean;
}

/** Phases in which statistics say something; also where the status does not say which phase it is. */
const MEASURED: ReadonlySet<Phase> = new Set(['migrating', 'full', 'incremental']);
/** Statistics are meaningful for online tasks only (API reference, ShowMigrationTaskStats). */
const WITHOUT_STATS = 'backupfile_import';

/**
 * Which neighbouring calls are worth making after a good look: statistics where data moves, the list where a task says
 * that it succeeded (a deleted one says so, too), list and log where one has just failed.
 */
export function neighboursFor(record: WatchRecord | undefined, observation: Observation): Wanted {
  const { phase } = meaningOf(observation);
  const failedNow = phase === 'failed' && record?.standing?.phase !== 'failed';
  return {
    stats: MEASURED.has(phase) && observation.migrationType !== WITHOUT_STATS,
    listed: phase === 'succeeded' || failedNow,
    logs: failedNow,
  };
}

/** The phase that a look shows. */
export interface SeenPhase {
  readonly phase: Phase;
  readonly derived?: true;
}

/**
 * Where the status only says that data moves, the statistics say in which phase. A look without statistics leaves what
 * was concluded before: not knowing is no change.
 */
export function phaseOf(
  observation: Observation,
  { stats }: Neighbours,
  standing: Standing | undefined,
): SeenPhase {
  const { phase } = meaningOf(observation);
  if (phase !== 'migrating') return { phase };
  const percent = known(stats)?.progressPercent;
  if (percent !== undefined && percent < 100) return { phase: 'full', derived: true };
  if (percent !== undefined && observation.migrationMethod === 'incremental_migration') {
    return { phase: 'incremental', derived: true };
  }
  const isSame =
    standing !== undefined && canonicalStatus(standing.status) === canonicalStatus(observation.status);
  return isSame && standing.derived ? { phase: standing.phase, derived: true } : { phase };
}

/** What the list says about a task that reads as a success. */
export type Confirmation =
  | { readonly kind: 'confirmed' }
  /** A deleted task answers like one that succeeded; only the list tells them apart. */
  | { readonly kind: 'deleted' }
  /** Nobody can tell: the key may not list. It is told, and said so. */
  | { readonly kind: 'unchecked'; readonly why: string }
  /** Not known this time: nothing is claimed until the next look. */
  | { readonly kind: 'open' };

/** Whether a success is one. Every other phase needs no list. */
export function confirmationOf(phase: Phase, { listed }: Neighbours): Confirmation {
  if (phase !== 'succeeded') return { kind: 'confirmed' };
  switch (listed?.kind) {
    case 'known':
      return { kind: listed.value === 'absent' ? 'deleted' : 'confirmed' };
    case 'denied':
      return { kind: 'unchecked', why: UNCHECKED };
    default:
      return { kind: 'open' };
  }
}

const UNCHECKED =
  'a deleted task reads the same, and the key may not list tasks (dcs:migrationTask:list) to tell them apart';
