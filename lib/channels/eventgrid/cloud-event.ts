import { defined } from '../../base/defined.ts';
import type { MigrationEvent } from '../../events/event.ts';

/** EventGrid takes the attributes of CloudEvents 1.0 without extensions ("Publishing events"). */
interface GridEvent {
  readonly id: string;
  readonly specversion: string;
  readonly source: string;
  readonly type: string;
  readonly datacontenttype: string;
  readonly subject: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * An event as EventGrid takes it. Its `source` is the name of the event source in EventGrid; ours, in which the sequence
 * counts, stands in the data, as does every extension that its receivers need.
 */
export function gridEvent(event: MigrationEvent, eventSource: string): GridEvent {
  const { id, specversion, type, datacontenttype, subject, time, data } = event;
  const { sequence, source: origin, drill } = event;
  return {
    id,
    specversion,
    source: eventSource,
    type,
    datacontenttype,
    subject,
    time,
    data: defined({ ...data, sequence, origin, drill }),
  };
}
