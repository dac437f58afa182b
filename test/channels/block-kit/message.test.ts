import type { KnownBlock } from '@slack/types';
import { describe, expect, test } from 'vitest';
import type { Block, SlackMessage } from '../../../lib/channels/block-kit/blocks.ts';
import { renderSlackPreview } from '../../../lib/channels/block-kit/preview.ts';
import { shown, unescaped } from '../../../lib/channels/block-kit/text.ts';
import type { EventData } from '../../../lib/events/event.ts';
import { en } from '../../../lib/language/en.ts';
import { blocksOf } from '../nasty.ts';
import { CHANGE, eventOf, FIRST_SEEN, NOW, PROJECT_FAILING, TASK, TASK_FAILING } from '../support.ts';
import { digestPayload, lookPayload } from './payload.ts';

/** The message as a reader sees it. */
function read(data: EventData, lateMs?: number, mention?: string): string[] {
  return renderSlackPreview(
    lookPayload([eventOf(data)], { now: NOW, ...(lateMs !== undefined && { lateMs }) }, mention),
  );
}

describe('the message about a change', () => {
  test('says what changed, where, how long the phase before was, and where to look', () => {
    expect(read(CHANGE)).toEqual([
      '⚠️ migration1: full synchronisation finished, incremental replication started',
      'Status: FULLMIGRATING (full) → INCRMIGEATING (incremental)',
      'Source → target: dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)',
      'Project: prod (cn-north-4)',
      'Previous phase: full, for 2 h 2 min',
      'task a276c1ffa0a54c2597fc824b917db317 · event 7 · 2026-01-05 02:12 UTC · console: https://console.huaweicloud.com/dcs/?region=cn-north-4',
    ]);
  });

  test('about a channel names the channel', () => {
    const { consoleUrl = '' } = CHANGE;
    const channel = { name: 'cutover', reason: 'HTTP 410' };
    const data = { channel, severity: 'action', summary: 'channel cutover is broken', consoleUrl } as const;
    const message = lookPayload([{ ...eventOf(data), subject: 'watcher' }], { now: NOW });
    expect(renderSlackPreview(message)).toEqual([
      '⚠️ channel cutover is broken',
      'Channel: cutover',
      'Reason: HTTP 410',
      'watcher · event 7 · 2026-01-05 02:12 UTC · console: https://console.huaweicloud.com/dcs/?region=cn-north-4',
    ]);
  });

  test('says the same in its fallback text', () => {
    const { text } = lookPayload([eventOf()], { now: NOW });
    const lines = read(CHANGE).map((line) => line.replace(/ · console: .*/, ''));
    expect(text.split('\n').map(unescaped)).toEqual(lines);
  });

  test('says how late it is', () => {
    expect(read(CHANGE, 7_500_000).at(-1)).toContain('02:12 UTC · delayed by 2 h 5 min');
    expect(lookPayload([eventOf()], { now: NOW, lateMs: 7_500_000 }).text).toContain('delayed by 2 h 5 min');
  });

  test.each([
    ['info', 'ℹ️'],
    ['action', '⚠️'],
    ['success', '✅'],
    ['failure', '❌'],
  ] as const)('of severity %s begins with %s', (severity, symbol) => {
    expect(read({ ...CHANGE, severity })[0]).toMatch(new RegExp(`^${symbol} migration1`));
  });

  test('mentions the configured people right below its headline, and nobody else', () => {
    expect(read(CHANGE, undefined, '<!here>')[1]).toBe('<!here>');
    expect(read(CHANGE).join()).not.toContain('<!here>');
  });

  test('shows an end that is not known as a question mark, and no route when both are', () => {
    const { source: _source, target: _target, ...task } = TASK;
    expect(read({ ...CHANGE, task: { ...task, source: { address: 'a:1' } } })).toContain(
      'Source → target: a:1 → ?',
    );
    expect(read({ ...CHANGE, task }).join()).not.toContain('Source');
  });
});

describe('the message about failing looks', () => {
  test('says why, and what to do', () => {
    const lines = read({ ...TASK_FAILING, summary: 'migration1: cannot be watched' });
    expect(lines).toContain('Trouble: not found');
    expect(lines).toContain(TASK_FAILING.detail);
  });

  test('about a whole project names it and the number of tasks', () => {
    const lines = read({ ...PROJECT_FAILING, summary: 'project prod (12 tasks): cannot be watched' });
    expect(lines).toEqual([
      '⚠️ project prod (12 tasks): cannot be watched',
      'Trouble: not authorised',
      'Project: prod (cn-north-4)',
      'Watched tasks: 12',
      PROJECT_FAILING.detail,
      expect.stringMatching(/^project a276c1ff.* · event 7 · /),
    ]);
  });
});

describe('the message about first sights', () => {
  const messageOf = (count: number, name = 'cache'): SlackMessage => {
    const [first = eventOf(), ...others] = Array.from({ length: count }, (_, index) =>
      eventOf(
        {
          ...FIRST_SEEN,
          task: { ...TASK, id: `task-${index}`, name: `${name}-${index}` },
          ...(index % 3 === 0 && { to: CHANGE.to }),
        },
        'dcs.migration.first_seen',
        index + 1,
      ),
    );
    return digestPayload([first, ...others], {});
  };

  test('lists every task with its status and where it migrates from and to', () => {
    const lines = renderSlackPreview(messageOf(3));
    expect(lines).toEqual([
      'ℹ️ 3 tasks are now watched',
      'cache-0  ·  INCRMIGEATING (incremental)  ·  dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)',
      'cache-1  ·  FULLMIGRATING (full)  ·  dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)',
      'cache-2  ·  FULLMIGRATING (full)  ·  dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)',
      expect.stringContaining('2026-01-05 02:12 UTC'),
    ]);
  });

  test('names each of many tasks, as far as a message has room, and counts the rest', () => {
    const seen = (count: number, name?: string) =>
      renderSlackPreview(messageOf(count, name)).filter((line) => /-\d+ {2}· /.test(line)).length;
    expect(seen(163)).toBe(163);
    const many = messageOf(900, 'a rather long name of a cache');
    const named = seen(900, 'a rather long name of a cache');
    expect(named).toBeGreaterThan(200);
    expect(named).toBeLessThan(900);
    expect(renderSlackPreview(many)).toContain(`and ${900 - named} more`);
    expect(renderSlackPreview(many)).toContain('full 600, incremental 300');
    expect(many.blocks?.length).toBeLessThan(50);
  });

  test('carries the tasks in its fallback text as well', () => {
    const { text } = messageOf(3);
    expect(text).toMatch(/^ℹ️ 3 tasks are now watched: full 2, incremental 1\ncache-0 {2}· /);
    expect(text).not.toContain('…');
    expect(messageOf(40, 'a rather long name of a cache').text).toContain('\n…\n');
  });

  test('says how late it is', () => {
    const message = digestPayload([eventOf(FIRST_SEEN), eventOf(FIRST_SEEN)], { lateMs: 600_000 }, undefined);
    expect(renderSlackPreview(message).at(-1)).toContain('delayed by 10 min');
  });
});

describe('a long name of a task', () => {
  const name = 'R&D-'.repeat(60);
  const event = eventOf({ ...CHANGE, task: { ...TASK, name }, summary: `${name}: migration failed` });

  test('is cut in a header, which still says what happened, and in full below', () => {
    const message = lookPayload([event], { now: NOW });
    const [title, below] = renderSlackPreview(message);
    expect(title).toMatch(/^⚠️ R&D-.*…: migration failed$/);
    expect(below).toContain('R&D-R&D-R&D-');
    expect(message.text).toContain('…: migration failed');
  });

  test('is cut in a line of a digest', () => {
    const lines = renderSlackPreview(digestPayload([event, event], {}));
    expect(lines.filter((line) => line.endsWith('…: migration failed'))).toHaveLength(2);
  });

  test('leaves room for what happened, however long that is', () => {
    const long = { ...event, data: { ...event.data, summary: `${name}: ${'failed because '.repeat(40)}` } };
    const [title = ''] = renderSlackPreview(lookPayload([long], { now: NOW }));
    expect(title).toMatch(/^⚠️ R&D-.*…: failed because .*…$/);
  });
});

describe('a task’s name', () => {
  const inHeader = (name: string) => {
    const { blocks = [] } = lookPayload(
      [eventOf({ ...CHANGE, summary: `${name}: x` })],
      { now: NOW },
      undefined,
    );
    return JSON.parse(JSON.stringify(blocks))[0].text;
  };

  test.each([
    '&lt;',
    '*bold* _it_ `code` ~no~',
    'a & b < c > d',
    '<!channel>',
    '<@U012>',
    '<https://x|y>',
    ':smile:',
  ])('with %j is shown as it is', (name) => {
    expect(read({ ...CHANGE, summary: `${name}: x` })[0]).toBe(`⚠️ ${name}: x`);
    expect(inHeader(name)).toMatchObject({ type: 'plain_text', emoji: false });
    expect(inHeader(name).text).not.toMatch(/[<>]/);
  });

  test.each([
    ['a newline', 'a\nb', 'a b'],
    ['ESC', 'a\u001b[31mb', 'a [31mb'],
    ['a right-to-left override', 'a\u202eb', 'a b'],
    ['an isolate', 'a\u2066b\u2069c', 'a b c'],
    ['a lone surrogate', 'a\ud83db', 'a\ufffdb'],
    ['a line separator', 'a\u2028b', 'a b'],
  ])('with %s is one harmless line', (_what, name, expected) => {
    expect(inHeader(name).text).toBe(`⚠️ ${expected}: x`);
  });

  test('of 5,000 emoji is cut between two of them', () => {
    const { text } = inHeader('😀'.repeat(5000));
    expect(text.length).toBeLessThanOrEqual(150);
    expect(text.length).toBeGreaterThan(147);
    expect(text.endsWith('😀…')).toBe(true);
    expect(text.isWellFormed()).toBe(true);
  });

  test('is never cut inside an entity', () => {
    for (let max = 1; max < 20; max += 1) {
      expect(shown('&&&&&', max)).toMatch(/^(?:&amp;)*…?$/);
      expect(shown('&&&&&', max).length).toBeLessThanOrEqual(max);
    }
    expect(shown('&&', 10)).toBe('&amp;&amp;');
  });
});

describe('the console link', () => {
  const linkFor = (consoleUrl: string) => {
    const message = lookPayload([eventOf({ ...CHANGE, consoleUrl })], { now: NOW });
    return JSON.stringify(blocksOf(message).at(-1));
  };

  test('cannot end before its URL does', () => {
    expect(linkFor('https://c.example/?a=1|2>3<4&b=5#<!here>')).toContain(
      '<https://c.example/?a=1%7C2%3E3%3C4&amp;b=5#%3C!here%3E|console>',
    );
  });

  test.each([
    'http://c.example/',
    'javascript:alert(1)',
    'nothing',
    '',
    `https://c.example/${'x'.repeat(3000)}`,
  ])('is left out for %j', (consoleUrl) => {
    expect(linkFor(consoleUrl)).not.toContain('console');
  });
});

describe('the blocks of a Slack message', () => {
  const ready: EventData = {
    ...CHANGE,
    validUntil: '2026-01-05T03:12:00.000Z',
    detail: 'look at it',
    dossier: { errorMessage: '-WRONGPASS', log: [], unknown: [] },
  };
  const [, facts, paragraph, context] = (() => {
    const message = lookPayload([eventOf(ready, 'dcs.migration.cutover_ready')], { now: NOW });
    const { blocks = [], attachments } = message;
    const [first, ...others] = attachments?.[0].blocks ?? [];
    return [blocks, first, others.find(({ type }) => type === 'rich_text'), others.at(-1)] as const;
  })();

  test('show labels in bold, and values as they are', () => {
    const elements = facts?.type === 'rich_text' ? facts.elements[0].elements : [];
    expect(elements.slice(0, 2)).toEqual([
      { type: 'text', text: 'Status', style: { bold: true } },
      { type: 'text', text: ': FULLMIGRATING (full) → INCRMIGEATING (incremental)' },
    ]);
    expect(paragraph).toMatchObject({
      elements: [{ elements: [{ text: 'Error message', style: { bold: true } }, { text: '\n-WRONGPASS' }] }],
    });
  });

  test('show the moments that people plan by once more in the time of each reader', () => {
    expect(facts).toMatchObject({
      elements: [
        {
          elements: expect.arrayContaining([
            {
              type: 'date',
              timestamp: 1767582720,
              format: ' (your time: {date_short_pretty} {time})',
              fallback: ' (2026-01-05T03:12:00.000Z)',
            },
          ]),
        },
      ],
    });
    expect(JSON.stringify(context)).toContain(
      '"<!date^1767579120^your time: {date_short_pretty} {time}|2026-01-05T02:12:00.000Z>"',
    );
  });

  test.each(['', 'yesterday', '<!channel>', '0000-01-01', '9999-01-01'])('take %j for no moment', (time) => {
    const message = lookPayload([{ ...eventOf({ ...CHANGE, validUntil: time }), time }], { now: NOW });
    expect(JSON.stringify(message)).not.toContain('your time');
  });

  test('are blocks of the vendor, as the compiler sees it', () => {
    const asVendors = (blocks: Writable<Block>[]) => blocks satisfies KnownBlock[];
    expect(asVendors).toBeTypeOf('function');
  });
});

/** Ours are never changed, and those of Slack may be. */
type Writable<T> = { -readonly [Key in keyof T]: Writable<T[Key]> };

describe('a span of time', () => {
  test.each([
    [0, '0 s'],
    [-5, '0 s'],
    [45_000, '45 s'],
    [60_000, '1 min'],
    [61_000, '1 min 1 s'],
    [7_500_000, '2 h 5 min'],
    [7_200_000, '2 h'],
    [86_400_000, '1 d'],
    [90_061_000, '1 d 1 h'],
    [100 * 86_400_000, '100 d'],
    [86_460_000, '1 d'],
    [Number.NaN, '0 s'],
  ])('of %i ms reads %s', (ms, words) => {
    expect(en.figures.duration(ms)).toBe(words);
  });
});

describe('the preview for a terminal', () => {
  test('shows a message without blocks as its text', () => {
    expect(renderSlackPreview({ text: 'a &lt;b&gt;\nc' })).toEqual(['a <b>', 'c']);
  });

  test.each([undefined, 'text', { blocks: 5 }, { blocks: [{ text: 'x' }] }])(
    'reports %j as no message',
    (payload) => {
      expect(renderSlackPreview(payload)).toEqual(['something that is not a Slack message']);
    },
  );
});
