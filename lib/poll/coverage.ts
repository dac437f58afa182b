import type { MigrationEvent } from '../events/event.ts';
import type { TickRecords } from './load/tick-records.ts';
import type { PolledEntry } from './pass/polled-entry.ts';

/** Which projects one tick has polled so far. */
export interface Coverage {
  /** Notes a pass over one project, with all its entries of the configuration. */
  note(project: readonly PolledEntry[]): void;
  /** The polled entries as their newest pass left them, in the order of the configuration. */
  polled(): readonly PolledEntry[];
  /** The polled entries, and the entries that other runs poll. */
  entries(): readonly PolledEntry[];
  /** Whether every project was polled. */
  isComplete(): boolean;
  /** Aborted as soon as every project was polled. */
  readonly complete: AbortSignal;
  /** Whether this tick has polled the subject of an event, or will not poll it. */
  covers(event: MigrationEvent): boolean;
}

/** @param elsewhere entries that other runs poll */
export function createCoverage({ byProject }: TickRecords, elsewhere: readonly PolledEntry[] = []): Coverage {
  const projectIds = [...byProject.values()].flatMap(([project]) => project?.id ?? []);
  const polled = new Map<string, readonly PolledEntry[]>();
  const completion = new AbortController();
  const isComplete = () => projectIds.every((id) => polled.has(id));
  const entries = () => projectIds.flatMap((id) => polled.get(id) ?? []);
  return {
    note(project) {
      const [first] = project;
      if (first !== undefined) polled.set(first.project.id, project);
      if (isComplete()) completion.abort();
    },
    polled: entries,
    entries: () => [...entries(), ...elsewhere],
    isComplete,
    complete: completion.signal,
    covers({ data: { task } }) {
      // An event without a task is about a group, whose tasks may be of any project.
      if (task === undefined) return isComplete();
      return polled.has(task.projectId) || !projectIds.includes(task.projectId);
    },
  };
}
