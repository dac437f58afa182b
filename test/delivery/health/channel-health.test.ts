import { describe, expect, it } from 'vitest';
import type { Channel } from '../../../lib/channels/channel.ts';
import { openChannelHealth } from '../../../lib/delivery/health/channel-health.ts';
import { encodeRecord } from '../../../lib/records/codec.ts';
import { WATCHER_KEY } from '../../../lib/records/keys.ts';
import { newRecord } from '../../../lib/records/record.ts';
import { createMemoryStore } from '../../../lib/store/memory.ts';
import type { Store } from '../../../lib/store/store.ts';
import type { LogEntry } from '../../../lib/telemetry/log.ts';
import { STAMP } from '../../support/stamp.ts';

const NOW = new Date('2026-01-05T00:00:00.000Z');
const PROJECT = { id: 'p', name: 'p', region: 'r', tasks: 1, consoleUrl: '', stamp: STAMP };
const REST = { class: 'pause', reason: 'HTTP 429', status: 429, ms: 1 } as const;
const OPS: Channel = {
  name: 'ops',
  audience: 'people',
  settings: 's',
  timeoutMs: 1,
  accepts: () => true,
  send: async () => ({ class: 'delivered', reason: 'ok', ms: 1 }),
};

function healthIn(store: Store) {
  const log: LogEntry[] = [];
  const health = openChannelHealth({
    store,
    log: (entry) => log.push(entry),
    channels: new Map([[OPS.name, OPS]]),
    held: { key: WATCHER_KEY, rev: 0, nonce: undefined, record: newRecord(NOW) },
    project: PROJECT,
  });
  return { health, log };
}

const problem = (why: string) => ({
  kind: 'problem',
  message: `channel ops: its state was not saved: ${why}`,
});

describe('a health update of a channel', () => {
  it('keeps what another run wrote meanwhile', async () => {
    const store = createMemoryStore({ now: () => NOW.getTime() });
    const other = { ...newRecord(NOW), sequence: 7 };
    await store.save({ key: WATCHER_KEY, rev: 1, nonce: 'other', body: encodeRecord(other) });
    const { health, log } = healthIn(store);
    await health.recordOutcome(OPS, REST, NOW, NOW);
    expect({ failed: health.failedWrites(), log }).toEqual({ failed: 0, log: [] });
    const item = await store.get(WATCHER_KEY);
    expect(JSON.parse(item?.body ?? '')).toMatchObject({
      sequence: 7,
      state: { channels: { 'ops s': { refusals: 0 } } },
    });
  });

  it('is reported as lost, and counted, when other runs keep writing', async () => {
    let saves = 0;
    const store: Store = {
      ...createMemoryStore({ now: () => NOW.getTime() }),
      save: async () => {
        saves += 1;
        return 'conflict';
      },
    };
    const { health, log } = healthIn(store);
    await health.recordOutcome(OPS, REST, NOW, NOW);
    expect(saves).toBe(5);
    expect(health.failedWrites()).toBe(1);
    expect(log).toEqual([problem('other runs keep writing the record of all channels')]);
  });

  it.each([
    [
      'of a newer version',
      { schemaVersion: 99 },
      'the record of all channels was written by a newer version; deploy that one',
    ],
    ['that is unreadable', {}, 'the record of all channels is unreadable'],
  ])('is reported as lost, once, where the record is one %s', async (_words, record, why) => {
    const store = createMemoryStore({ now: () => NOW.getTime() });
    const body = JSON.stringify(record);
    await store.save({ key: WATCHER_KEY, rev: 1, nonce: 'other', body });
    const { health, log } = healthIn(store);
    await health.recordOutcome(OPS, REST, NOW, NOW);
    await health.recordOutcome(OPS, REST, NOW, NOW);
    expect(health.failedWrites()).toBe(1);
    expect(log).toEqual([problem(why)]);
    expect((await store.get(WATCHER_KEY))?.body).toBe(body);
  });
});
