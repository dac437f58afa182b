import { defined } from '../base/defined.ts';
import type { MigrationEvent } from '../events/event.ts';
import type { LogEntry } from './log.ts';

/**
 * Names of a line that are not ours: `jsonLine` and Powertools write them (the standard attributes of its formatter and of
 * `addContext`), and `requestId` is the invocation's.
 */
export const TAKEN: ReadonlySet<string> = new Set([
  'cold_start',
  'correlation_id',
  'environment',
  'error',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'level',
  'message',
  'requestId',
  'sampling_rate',
  'service',
  'tenant_id',
  'timestamp',
  'xray_trace_id',
]);

type Facts = Readonly<Record<string, unknown>>;

/** The facts of an entry, each under a name that is free: a taken one would hide the value that stands there. */
export function factsOf(entry: LogEntry): Facts {
  const all = Object.entries(ownFacts(entry));
  return Object.fromEntries(
    all.map(([name, value]) => [TAKEN.has(name) ? `${entry.kind}_${name}` : name, value]),
  );
}

function ownFacts(entry: LogEntry): Facts {
  switch (entry.kind) {
    case 'event':
      return eventFacts(entry.event);
    case 'look_failed': {
      const { requestId, ...facts } = entry;
      return defined({ ...facts, dcsRequestId: requestId });
    }
    case 'notice':
    case 'problem':
      return { kind: entry.kind };
    default:
      return { ...entry };
  }
}

function eventFacts({ id, type, subject, sequence, drill, data }: MigrationEvent): Facts {
  const { severity, from, to } = data;
  return {
    kind: 'event',
    eventId: id,
    type,
    taskId: subject,
    sequence,
    severity,
    drill,
    from: from?.status,
    to: to?.status,
  };
}
