import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../lib/base/columns.ts';
import { MISSING } from '../../scripts/messages/chapters.ts';
import { messagesPage } from '../../scripts/messages/page.ts';
import { wrap } from '../../scripts/messages/wrap.ts';

describe('the page with every message', () => {
  const page = messagesPage();

  it('is what the words and rules of the program make; else: npm run messages', () => {
    const stored = readFileSync(new URL('../../docs/messages.md', import.meta.url), 'utf8');
    expect(stored === page).toBe(true);
  });

  it('has a message for each type of event', () => {
    expect(MISSING).toStrictEqual([]);
  });

  it('has lines that fit on a screen, but for the table of contents', () => {
    const lines = page.slice(page.indexOf('\n## A task')).split('\n');
    expect(lines.filter((line) => columnsOf(line) > 100)).toStrictEqual([]);
  });

  it('links to headings that it has', () => {
    const anchors = [...page.matchAll(/^##+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter((anchor = '') => !anchors.includes(anchor))).toStrictEqual([]);
    expect(new Set(anchors).size).toBe(anchors.length);
  });
});

describe('a long line', () => {
  it('is broken between Chinese characters, and never before a sign', () => {
    expect(wrap('增量迁移，已开始', 8)).toStrictEqual(['增量迁', '  移，已', '  开始']);
  });

  it('is broken at blanks, and keeps a long word whole', () => {
    expect(wrap('see https://example.com/a/long/path now', 10)).toStrictEqual([
      'see',
      '  https://example.com/a/long/path',
      '  now',
    ]);
  });
});
