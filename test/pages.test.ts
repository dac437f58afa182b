import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const PAGES = [
  'README.md',
  'README.zh-CN.md',
  'CONTRIBUTING.md',
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

function proseOf(page: string): string {
  return readFileSync(page, 'utf8').replaceAll(/^ *```.*?^ *```/gms, '');
}

/** Anchors of a page as GitHub makes them. */
function anchorsOf(page: string): string[] {
  const headings = [...proseOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Links within the repository, as they are written. */
function linksOf(page: string): string[] {
  const targets = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)|src="([^"]+)"/g)];
  return targets.map(([, link, image]) => link ?? image ?? '').filter((target) => !/^[a-z]+:/.test(target));
}

describe('the pages', () => {
  it.each(PAGES)('%s links to what is there', (page) => {
    for (const link of linksOf(page)) {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      expect(existsSync(target), link).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(target), link).toContain(anchor);
    }
  });

  it('are all reached from the README, in both languages', () => {
    for (const readme of ['README.md', 'README.zh-CN.md']) {
      const linked = new Set(linksOf(readme).map((link) => link.split('#')[0]));
      expect(PAGES.filter((page) => page.startsWith('docs/') && !linked.has(page))).toEqual([]);
    }
  });

  it('begin with a README of at most 10 kB, which has the same parts in both languages', () => {
    const [english = '', chinese = ''] = ['README.md', 'README.zh-CN.md'].map((page) =>
      readFileSync(page, 'utf8'),
    );
    for (const text of [english, chinese]) expect(Buffer.byteLength(text)).toBeLessThanOrEqual(10_000);
    const commands = (text: string) => [...text.matchAll(/^\| `([^`]+)`/gm)].map(([, command]) => command);
    // How it is built concerns those who read the code.
    const parts = (text: string) => text.match(/^## /gm)?.length ?? 0;
    expect(parts(chinese)).toBe(parts(english) - 1);
    expect(commands(english)).toEqual(expect.arrayContaining(commands(chinese)));
  });
});
