import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { en } from '../../lib/language/en.ts';
import type { Language } from '../../lib/language/language.ts';
import { compose } from '../../lib/messages/compose.ts';
import type { Composition, Events, Message, Room } from '../../lib/messages/message.ts';
import { sentenceOf, sentenceWithin } from '../../lib/messages/parts/title.ts';
import { nastyEvents } from '../channels/nasty.ts';
import { CHANGE, eventOf, NOW, TASK } from '../channels/support.ts';

const length = (text: string) => text.length;

/** A channel that escapes nothing. */
function roomOf(most: number): Room {
  return { most, measure: length, frame: () => 0, lengthOf: length };
}

function composed(events: Events, given: Partial<Composition> = {}): Message {
  return compose(events, { language: en, room: roomOf(4000), now: NOW, ...given });
}

function at(minute: number, name = TASK.name) {
  const time = new Date(NOW.getTime() + minute * 60_000).toISOString();
  return { ...eventOf({ ...CHANGE, summary: `${name}: moved on`, task: { ...TASK, name } }), time };
}

describe('a composed message', () => {
  test('is plain text without the escapes of any vendor', () => {
    const name = 'R&D <cache> *bold*';
    const message = composed([
      eventOf({ ...CHANGE, summary: `${name}: moved on`, task: { ...TASK, name: 'x', project: name } }),
    ]);
    expect(sentenceOf(message.title)).toBe(`${name}: moved on`);
    expect(message.facts).toContainEqual(['Project', `${name} (cn-north-4)`]);
  });

  test('keeps the name of its subject apart from what happened', () => {
    expect(composed([at(0)]).title).toEqual({ mark: '⚠️ ', name: TASK.name, colon: ': ', text: 'moved on' });
  });

  test('has well-formed, unbroken lines, whatever its events say', () => {
    fc.assert(
      fc.property(nastyEvents, (events) => {
        const { sections, list, footer } = composed(events);
        const lines = [
          ...sections.flatMap(({ heading = '', lines }) => [heading, ...lines]),
          ...(list?.lines ?? []),
        ];
        for (const line of lines) {
          expect(line.isWellFormed()).toBe(true);
          expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
          expect(line.length).toBeLessThanOrEqual(900);
        }
        expect(footer.length).toBeGreaterThan(0);
      }),
      { numRuns: 50 },
    );
  });

  test('mentions somebody only when asked to', () => {
    expect(composed([at(0)]).mentions).toBe(false);
    expect(composed([at(0)], { isCalledFor: () => true }).mentions).toBe(true);
  });
});

describe('a composed digest', () => {
  const events: Events = [at(0), at(1), ...Array.from({ length: 60 }, (_, n) => at(n + 2))];

  test.each([500, 1000, 4000])('lists as many events as %i characters hold, and counts the rest', (most) => {
    const { list = { lines: [], counts: '' } } = composed(events, { room: roomOf(most) });
    const listed = list.lines.filter((line) => line.includes('moved on'));
    expect(listed.join('\n').length).toBeLessThanOrEqual(most);
    expect(list.counts).toBe('incremental 62');
    if (listed.length < events.length) {
      expect(list.lines.slice(-2)).toEqual([`and ${events.length - listed.length} more`, list.counts]);
    }
  });

  test('leaves room for everything beside its list', () => {
    const count = (frame: number) =>
      composed(events, { room: { ...roomOf(2000), frame: () => frame } }).list?.lines.length ?? 0;
    expect(count(1500)).toBeLessThan(count(0));
  });

  test('measures lines as the channel does: where characters count twice, half as many fit', () => {
    const measured = (times: number) =>
      composed(events, { room: { ...roomOf(2000), measure: (text) => times * text.length } });
    const [once, twice] = [measured(1), measured(2)].map(
      ({ list }) => list?.lines.filter((line) => line.includes('moved on')).length ?? 0,
    );
    expect(twice).toBe(Math.floor((once ?? 0) / 2));
  });
});

describe('a title with little room', () => {
  const title = {
    mark: '✅ ',
    name: 'orders-cache-of-the-north-and-the-south',
    colon: ': ',
    text: 'migration finished',
  };

  test('is cut in its name, never in what happened', () => {
    expect(sentenceWithin(title, 50, length)).toBe('orders-cache-of-the-north-and…: migration finished');
  });

  test('is left as it is where it fits', () => {
    expect(sentenceWithin(title, 100, length)).toBe(sentenceOf(title));
  });
});

describe('a message in another language', () => {
  const MOVED: Events = [
    eventOf({
      ...CHANGE,
      transition: 'full_finished',
      summary: `${TASK.name}: full synchronisation finished, incremental replication started`,
    }),
  ];
  const words = (text: string | undefined): Language => ({ ...en, colon: '：', summarise: () => text });

  test('says what happened in that language', () => {
    const { title } = composed(MOVED, { language: words('迁移完成') });
    expect(title).toEqual({ mark: '⚠️ ', name: TASK.name, colon: '：', text: '迁移完成' });
    expect(sentenceOf(title)).toBe(`${TASK.name}：迁移完成`);
  });

  test('has the stored sentence where the event has too little data', () => {
    expect(composed([at(0)], { language: words('x') }).title).toMatchObject({ text: 'moved on' });
    expect(composed(MOVED, { language: words(undefined) }).title.text).toMatch(/^full synchronisation/);
  });

  test('has the labels and the texts of links of that language', () => {
    const labels = { ...en.labels, status: '状态' };
    const links = { ...en.links, console: '控制台' };
    const message = composed(MOVED, { language: { ...words('x'), labels, links } });
    expect(message.facts[0]?.[0]).toBe('状态');
    expect(message.console?.label).toBe('控制台');
    expect(composed(MOVED).facts[0]?.[0]).toBe('Status');
  });
});
