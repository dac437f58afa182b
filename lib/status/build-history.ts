import { compareText } from '../base/compare.ts';
import { defined } from '../base/defined.ts';
import type { Inventory } from '../delivery/redrive/inventory.ts';
import { type KnownDelivery, listDeliveries } from '../delivery/redrive/known-deliveries.ts';
import type { EventFacts } from '../events/event.ts';
import { standingsOf } from '../migration/model/state.ts';
import { plainRecordId, projectPartition, taskRecordId } from '../records/keys.ts';
import type { StoredRecord } from '../records/record.ts';
import type { ItemKey } from '../store/store.ts';
import type { History, HistoryEvent, PastPhase } from './history.ts';
import { namedProjects, type StatusSource } from './source.ts';
import type { TaskStatus } from './status.ts';
import { recordKeyOf, type StoredState } from './stored.ts';

/** One migration, as far as its record and the dead letters show. */
export function historyOf(task: TaskStatus, stored: StoredState, source: StatusSource): History {
  const key = { partition: projectPartition(task.project.id), id: taskRecordId(task.id) };
  const own = inventoryOf(key, stored);
  const record = stored.find(key);
  const deliveries = listDeliveries(own, namedProjects(source), {}, stored.heldIn);
  return {
    at: source.now.toISOString(),
    task,
    phases: record === undefined ? [] : phasesOf(record),
    figures: task.figures,
    events: historyEvents(deliveries, own, record),
  };
}

function inventoryOf(key: ItemKey, { inventory }: StoredState): Inventory {
  const isSame = (other: ItemKey) =>
    other.partition === key.partition && plainRecordId(other.id) === plainRecordId(key.id);
  return {
    records: inventory.records.filter((held) => isSame(held.key)),
    deadLetters: inventory.deadLetters.filter(({ deadLetter }) => isSame(recordKeyOf(deadLetter))),
    problems: [],
  };
}

function phasesOf({ state }: StoredRecord): readonly PastPhase[] {
  const all = standingsOf(state);
  return all.map(({ phase, status, since }, index) =>
    defined<PastPhase>({ phase, status, from: since, to: all[index + 1]?.since }),
  );
}

/** Events with their deliveries, and those of the present run of which only type and time are known. */
function historyEvents(
  deliveries: readonly KnownDelivery[],
  { deadLetters }: Inventory,
  record: StoredRecord | undefined,
): readonly HistoryEvent[] {
  const stored = [
    ...(record?.outbox ?? []).map(({ event }) => event),
    ...deadLetters.map(({ deadLetter }) => deadLetter.event),
  ];
  const facts = new Map(stored.map(({ id, data }) => [id, data]));
  const delivered = [...Map.groupBy(deliveries, ({ eventId }) => eventId)].map(([id, group]) =>
    historyEvent(group, facts.get(id)),
  );
  const known = new Set(delivered.map(nameOf));
  const others = (record?.state.run?.events ?? [])
    .map(
      ({ type, at }): HistoryEvent => ({
        time: at,
        type,
        summary: wordsOf(type),
        isWordless: true,
        deliveries: [],
      }),
    )
    .filter((one) => !known.has(nameOf(one)));
  return [...delivered, ...others].toSorted((a, b) => compareText(a.time, b.time));
}

function nameOf({ time, type }: HistoryEvent): string {
  return `${time} ${type}`;
}

function historyEvent(all: readonly KnownDelivery[], pending: EventFacts | undefined): HistoryEvent {
  const facts = pending ?? all.find((one) => one.facts !== undefined)?.facts;
  const deliveries = all.map(({ facts: _facts, ...delivery }) => delivery);
  const worded = deliveries.find(({ time }) => time !== undefined);
  const type = deliveries.find(({ type }) => type !== undefined)?.type ?? '';
  const time = worded?.time ?? deliveries[0]?.deliveredAt ?? '';
  const summary = worded?.summary ?? wordsOf(type);
  const isWordless = worded?.summary === undefined ? true : undefined;
  return defined<HistoryEvent>({
    time,
    type,
    severity: facts?.severity,
    summary,
    isWordless,
    facts,
    deliveries,
  });
}

/** In place of words that are stored no more. */
function wordsOf(type: string): string {
  return type.split('.').slice(-1).join('').replaceAll('_', ' ');
}
