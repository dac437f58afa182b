import { describe, expect, it } from 'vitest';
import { logDelivery } from '../../lib/delivery/outbox/outcome/delivery-log.ts';
import type { MigrationEvent } from '../../lib/events/event.ts';
import { languageOf } from '../../lib/language/index.ts';
import { retranslate, translate } from '../../lib/messages/translate.ts';
import { newRecord, type SentEntry } from '../../lib/records/record.ts';
import { RECORDED, reread } from './recorded.ts';

const NOW = new Date('2026-01-06T00:00:00Z');

/** What is left of an event in the delivery log once it has arrived. */
function logged(event: MigrationEvent): SentEntry | undefined {
  const delivery = { attempts: 0, history: [], nextAttemptAt: NOW.toISOString() };
  const arrived = { event, channel: 'ops', delivery };
  const outcome = { class: 'delivered', reason: 'HTTP 200', ms: 1 } as const;
  return logDelivery(newRecord(NOW), arrived, outcome, { events: 1, now: NOW }).sent?.[0];
}

/** Sums over many tasks are not kept: their sentence names them all. */
const isOfOneTask = ({ type }: MigrationEvent) =>
  type.startsWith('dcs.migration.') || type === 'dcs.watch.failing' || type === 'dcs.watch.restored';

describe('an event that arrived, translated into Chinese', () => {
  it.each(RECORDED)('reads as its message did, for each event of %s about a task', async (_name, events) => {
    const zh = await languageOf({ language: 'zh', timeZone: 'UTC' });
    for (const event of events.map(reread).filter(isOfOneTask)) {
      const { type = '', summary = '', facts } = asStored(logged(event));
      const sentence = retranslate({ type, summary, ...(facts && { facts }) }, zh);
      if (event.data.task === undefined) continue;
      expect(translate(event, zh).data.summary).toBe(
        `${event.data.task.name ?? event.data.task.id}：${sentence}`,
      );
    }
  });

  it.each(RECORDED)('takes less than a kilobyte more in the record, for %s', (_name, events) => {
    for (const event of events) {
      expect(JSON.stringify(logged(event)?.facts ?? {}).length).toBeLessThanOrEqual(1000);
    }
  });

  it('is left in English where the stored words are others', async () => {
    const zh = await languageOf({ language: 'zh', timeZone: 'UTC' });
    const type = 'dcs.migration.progress';
    const facts = { severity: 'info', progress: { percent: 25, mark: 25 } } as const;
    expect(retranslate({ type, summary: 'orders: of a newer version', facts }, zh)).toBeUndefined();
    expect(retranslate({ type: 'dcs.migration.newer', summary: 'x', facts }, zh)).toBeUndefined();
    expect(retranslate({ type, summary: 'x' }, zh)).toBeUndefined();
    const damaged = JSON.parse('{"severity":"failure","transition":"failed","to":{},"dossier":{}}');
    expect(
      retranslate({ type: 'dcs.migration.status_changed', summary: 'x', facts: damaged }, zh),
    ).toBeUndefined();
  });
});

function asStored(entry: SentEntry | undefined): Partial<SentEntry> {
  return JSON.parse(JSON.stringify(entry ?? {}));
}
