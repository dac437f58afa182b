import { access, readdir, readFile, stat } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { CHROMIUM, drawn, picture } from '../../scripts/pictures/chromium.ts';
import { payloadOf } from '../../scripts/pictures/payloads.ts';
import { teamsPage } from '../../scripts/pictures/teams.ts';
import { CHANGE, eventOf, TASK } from '../channels/support.ts';

/** CI installs Chromium; where it is not, the tests are named as left out. */
const isThere = await access(CHROMIUM).then(
  () => true,
  () => false,
);
const IS_REQUIRED = process.env['CHROMIUM_REQUIRED'] !== undefined;

const HOSTILE =
  'orders [x](https://evil.example) https://evil.example <at>all</at> **b** <img src=x onerror=alert(1)>';

describe.skipIf(!isThere && !IS_REQUIRED)("a card drawn by Microsoft's renderer in a browser", () => {
  const data = {
    ...CHANGE,
    severity: 'failure' as const,
    summary: `${HOSTILE}: migration failed`,
    detail: HOSTILE,
    task: { ...TASK, name: HOSTILE, project: HOSTILE },
  };

  test('shows a hostile name as it is: no link, no mark-up, no mention', async () => {
    const dom = await drawn(await teamsPage(await payloadOf({ type: 'teams' }, [eventOf(data)])));
    const card = /<div id="card">(.*?)<script>/s.exec(dom)?.[1] ?? '';
    expect(card).toContain('[x](https://evil.example)');
    expect(card).toContain('**b**');
    expect(card).not.toMatch(/<(?:a|img|strong|b)\b/);
  });

  test('would show a link where a name stood in a text with mark-up', async () => {
    const card = { type: 'AdaptiveCard', version: '1.4', body: [{ type: 'TextBlock', text: HOSTILE }] };
    const dom = await drawn(await teamsPage({ attachments: [{ content: card }] }));
    expect(dom).toMatch(/<a [^>]*href="https:\/\/evil\.example"/);
  });

  test('is a picture', async () => {
    const png = await picture(await teamsPage(await payloadOf({ type: 'teams' }, [eventOf(data)])));
    expect(png.length).toBeGreaterThan(5000);
    expect(png.readUInt32BE(16)).toBe(640);
  });
});

test('every picture is shown in the README or on a page beside it, and has at most 60 kB', async () => {
  const root = new URL('../../', import.meta.url);
  const pages = (await readdir(new URL('docs/', root))).filter((name) => name.endsWith('.md'));
  const texts = ['README.md', ...pages.map((name) => `docs/${name}`)].map((name) =>
    readFile(new URL(name, root), 'utf8'),
  );
  const shown = (await Promise.all(texts)).join('\n');
  for (const name of await readdir(new URL('docs/images/', root))) {
    expect(shown).toContain(`images/${name}`);
    const { size } = await stat(new URL(`docs/images/${name}`, root));
    expect(size).toBeLessThanOrEqual(60 * 1024);
  }
});
