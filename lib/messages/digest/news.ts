import type { EventType, MigrationEvent } from '../../events/event.ts';

/** Events of one message that still hold when it is sent, and those that do not. Both in order. */
export interface NewsAndPast {
  readonly news: readonly MigrationEvent[];
  readonly past: readonly MigrationEvent[];
}

/**
 * Tells what holds from what is over. An event is over when a later one of the same source takes it back, says the same topic
 * anew, or brings the task to another status. An event that only ends what began among these is left out: things are as they
 * were before both.
 *
 * @param events of one source in order
 * @param over ids of those that are over although no event says so: a channel works again
 */
export function newsAndPast(events: readonly MigrationEvent[], over: readonly string[] = []): NewsAndPast {
  const bySource = Map.groupBy(events, ({ source, subject }) => `${source} ${subject}`);
  const parts = [...bySource.values()].map(partsOf);
  const [news, past] = [
    new Set(parts.flatMap((part) => part.news)),
    new Set(parts.flatMap((part) => part.past)),
  ];
  const isOver = (event: MigrationEvent) => news.has(event) && over.includes(event.id);
  return {
    news: events.filter((event) => news.has(event) && !isOver(event)),
    past: events.filter((event) => past.has(event) || isOver(event)),
  };
}

/** @param own events of one source */
function partsOf(own: readonly MigrationEvent[]): NewsAndPast {
  const isAnEnd = new Set(
    own.filter((event, at) => own.slice(0, at).some((earlier) => begins(earlier, event))),
  );
  const undone = own.filter((event, at) =>
    own.slice(at + 1).some((later) => isAnEnd.has(later) && ends(later, event)),
  );
  // An event that was undone replaces nothing: the one before it holds again.
  const lasting = own.filter((event) => !isAnEnd.has(event) && !undone.includes(event));
  const news = lasting.filter((event, at) => !lasting.slice(at + 1).some((later) => replaces(later, event)));
  return { news, past: own.filter((event) => !isAnEnd.has(event) && !news.includes(event)) };
}

function replaces(later: MigrationEvent, event: MigrationEvent): boolean {
  const [topic, laterTopic] = [topicOf(event), topicOf(later)];
  return laterTopic === topic || (laterTopic === 'status' && OF_A_STATUS.has(topic));
}

function ends(later: MigrationEvent, event: MigrationEvent): boolean {
  return retracts(later, event) || ENDS.get(later.type) === event.type;
}

const ENDS: ReadonlyMap<EventType, EventType> = new Map([
  ['dcs.watch.restored', 'dcs.watch.failing'],
  ['dcs.migration.resumed', 'dcs.migration.stalled'],
]);

/** Whether what a later event ends began with this one. With a reminder it began before: its readers wait for the end. */
function begins(event: MigrationEvent, later: MigrationEvent): boolean {
  return ends(later, event) && (event.data.reminders ?? 0) === 0;
}

function retracts({ data: { readiness, group } }: MigrationEvent, { id }: MigrationEvent): boolean {
  return readiness?.retracts === id || group?.retracts?.id === id;
}

/** Topics that are about the status of a task: with the next one they are over. */
const OF_A_STATUS: ReadonlySet<string> = new Set(['status', 'progress', 'readiness', 'stall', 'forgotten']);

/** The topic of an event: only the last event of a topic counts. */
function topicOf({ id, type, data: { to, call, group } }: MigrationEvent): string {
  switch (type) {
    case 'dcs.migration.progress':
      return 'progress';
    case 'dcs.migration.cutover_ready':
    case 'dcs.migration.cutover_unready':
    case 'dcs.migration.cutover_blocked':
      return 'readiness';
    case 'dcs.migration.stalled':
    case 'dcs.migration.resumed':
      return 'stall';
    case 'dcs.migration.forgotten':
      return 'forgotten';
    case 'dcs.watch.failing':
    case 'dcs.watch.restored':
      return 'looks';
    case 'dcs.watch.degraded':
      return `call ${call}`;
    case 'dcs.watch.channel_broken':
      return id;
    case 'dcs.group.ready':
    case 'dcs.group.failed':
    case 'dcs.group.finished':
    case 'dcs.group.retracted':
      return group?.retracts?.type ?? type;
    default:
      return to === undefined ? type : 'status';
  }
}
