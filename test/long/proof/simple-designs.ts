import type { MigrationEvent } from '../../../lib/events/event.ts';
import { detect } from '../../../lib/migration/detect/detect.ts';
import type { Look } from '../../../lib/migration/model/observation.ts';
import type { TickContext } from '../../../lib/poll/context.ts';
import { projectPartition, taskRecordId } from '../../../lib/records/keys.ts';
import { loadRecords } from '../../../lib/records/partition.ts';
import { withStream } from '../../../lib/records/record.ts';
import { tick } from '../../../lib/tick.ts';

/** One way to do a tick: what is compared. */
export interface Design {
  readonly name: string;
  readonly hasOutbox: boolean;
  tick(input: TickContext): Promise<unknown>;
}

/** The real thing. */
export const ours: Design = { name: 'outbox in the record', hasOutbox: true, tick };

/** The design of most scripts: store the new status, then send. An event that is not sent at once is lost. */
export const saveThenSend: Design = {
  name: 'save, then send',
  hasOutbox: false,
  tick: (input) =>
    simpleTick(input, async (save, send) => {
      if (await save()) await send();
    }),
};

/** The other way round: send, and store when everything was sent. An event that is not stored is sent again. */
export const sendThenSave: Design = {
  name: 'send, then save',
  hasOutbox: false,
  tick: (input) =>
    simpleTick(input, async (save, send) => {
      if (await send()) await save();
    }),
};

export const DESIGNS = [saveThenSend, sendThenSave, ours] as const;

type Order = (save: () => Promise<boolean>, send: () => Promise<boolean>) => Promise<void>;

async function simpleTick({ projects, ...input }: TickContext, inOrder: Order): Promise<void> {
  for (const project of projects) {
    const records = await loadRecords(input.store, projectPartition(project.id));
    for (const watch of project.watches) {
      const look: Look = await project.look(watch.taskId, input.endsAt);
      if (look.kind === 'skipped') continue;
      const id = taskRecordId(watch.taskId);
      const now = new Date(input.clock.now());
      const before = records.held(id, now).record;
      const noticed = detect(records.find(id), look, {
        watch,
        now,
        enrichment: { listed: { kind: 'known', value: { taskId: watch.taskId } } },
      });
      if (noticed === undefined) continue;
      const save = () => records.save(id, withStream(before, noticed.stream)).catch(() => false);
      await inOrder(save, () => sendAll(noticed.events, input));
    }
  }
}

async function sendAll(
  events: readonly MigrationEvent[],
  { channels, clock }: Pick<TickContext, 'channels' | 'clock'>,
): Promise<boolean> {
  let isDelivered = true;
  for (const event of events) {
    for (const channel of channels.values()) {
      const outcome = await channel.send({ events: [event], now: new Date(clock.now()) });
      isDelivered &&= outcome.class === 'delivered';
    }
  }
  return isDelivered;
}
