import { describe, expect, test } from 'vitest';
import { plainMessage } from '../../../lib/channels/block-kit/size.ts';
import type { EventData, MigrationEvent } from '../../../lib/events/event.ts';
import { assertWithinLimits, blocksOf } from '../nasty.ts';
import { CHANGE, eventOf, FIRST_SEEN, NOW, TASK } from '../support.ts';
import { digestPayload, lookPayload } from './payload.ts';

const MOST = 12_000;
/** Names that take up more room than they show, each in its own way. */
const NAMES = [
  '&'.repeat(5000),
  '"\\'.repeat(2500),
  '😀'.repeat(2500),
  '界'.repeat(5000),
  '<!channel>'.repeat(500),
];

function failure(name: string): EventData {
  const lines = Array.from({ length: 40 }, (_, n) => ({ message: `${n} ${name}` }));
  return {
    ...CHANGE,
    severity: 'failure',
    summary: `${name}: migration failed`,
    task: { ...TASK, name },
    dossier: { errorMessage: name, log: lines, unknown: Array.from({ length: 20 }, () => name) },
  };
}

function sizeOf(message: ReturnType<typeof lookPayload>): number {
  return JSON.stringify(blocksOf(message)).length;
}

function textsOf(message: ReturnType<typeof lookPayload>): string {
  return JSON.stringify(blocksOf(message));
}

function at(event: MigrationEvent, minute: number): MigrationEvent {
  return { ...event, time: new Date(NOW.getTime() + minute * 60_000).toISOString() };
}

describe('all blocks of a message together', () => {
  test('All blocks of a Slack message together have at most 12,000 characters', () => {
    for (const name of NAMES) {
      const events = Array.from({ length: 64 }, (_, n) => at(eventOf(failure(name), undefined, n), n));
      const [first, ...others] = events;
      if (first === undefined) throw new Error('nothing happened');
      expect(sizeOf(digestPayload([first, ...others], {}))).toBeLessThanOrEqual(MOST);
      expect(sizeOf(lookPayload([first, ...others], { now: NOW }))).toBeLessThanOrEqual(MOST);
    }
  });

  test.each(NAMES)('take at most 12,000 characters, escapes counted: %.8s…', (name) => {
    const message = lookPayload([eventOf(failure(name))], { now: NOW }, '<!here>');
    assertWithinLimits(message);
    expect(sizeOf(message)).toBeLessThanOrEqual(MOST);
    expect(sizeOf(message)).toBeGreaterThan(MOST / 2);
  });

  test('keep what matters most: only the last one is cut, with a mark, and the footer stays', () => {
    const message = lookPayload([eventOf(failure('&'.repeat(5000)))], { now: NOW });
    const texts = textsOf(message);
    expect(texts).toContain('Error message');
    expect(texts).toContain(`task ${TASK.id}`);
    const [attachment] = message.attachments ?? [];
    expect(attachment?.blocks.at(-1)?.type).toBe('context');
    expect(JSON.stringify(attachment?.blocks.at(-2))).toContain('…');
  });

  test('of a short message are left as they are', () => {
    const message = lookPayload([eventOf()], { now: NOW });
    expect(sizeOf(message)).toBeLessThan(MOST / 4);
    expect(textsOf(message)).not.toContain('…');
  });

  test.each(NAMES)(
    'take no more in a digest of very many events, which counts those that it does not show: %.8s…',
    (name) => {
      const events = Array.from({ length: 640 }, (_, n) =>
        at(eventOf({ ...CHANGE, summary: name, task: { ...TASK, id: `t${n}`, name } }, undefined, n), n),
      );
      const [first, ...others] = events;
      if (first === undefined) throw new Error('nothing happened');
      const merged = { events: 7, since: first.time, until: first.time, kinds: { full: 4, incremental: 3 } };
      const message = digestPayload([first, ...others], { merged }, '<!here>');
      assertWithinLimits(message);
      expect(sizeOf(message)).toBeLessThanOrEqual(MOST);
      expect(sizeOf(message)).toBeGreaterThan(MOST / 2);
      const texts = textsOf(message);
      expect(texts).toMatch(/and \d+ more/);
      expect(texts).toContain('7 earlier events');
      expect(texts).toContain('full 4, incremental 3');
    },
  );

  test('show each first-seen task while there is room for its name and phase', () => {
    const events = Array.from({ length: 200 }, (_, n) =>
      eventOf(
        { ...FIRST_SEEN, task: { ...TASK, id: `t${n}`, name: `orders-cache-${n}` } },
        'dcs.migration.first_seen',
      ),
    );
    const [first, ...others] = events;
    if (first === undefined) throw new Error('nothing happened');
    const message = digestPayload([first, ...others], {});
    expect(sizeOf(message)).toBeLessThanOrEqual(MOST);
    const texts = textsOf(message);
    for (const { data } of events) expect(texts).toContain(`${data.task?.name}  ·  full`);
    expect(texts).not.toMatch(/and \d+ more/);
  });
});

describe('the same as plain text', () => {
  test.each(NAMES)('has no blocks and at most 3,000 characters: %.8s…', (name) => {
    const events = Array.from({ length: 64 }, (_, n) =>
      at(eventOf({ ...CHANGE, summary: name, task: { ...TASK, name } }, undefined, n), n),
    );
    const [first, ...others] = events;
    if (first === undefined) throw new Error('nothing happened');
    const plain = plainMessage(digestPayload([first, ...others], {}));
    expect(Object.keys(plain).toSorted()).toEqual(['mrkdwn', 'text']);
    expect(plain.text.length).toBeLessThanOrEqual(3000);
    expect(plain.text).toContain('incremental 64');
  });
});
