import { access, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { reportPage } from '../../lib/page/report-page.ts';
import { statusPage } from '../../lib/page/status-page.ts';
import { CHROMIUM } from '../../scripts/pictures/chromium.ts';
import { type Browser, startBrowser, type Tab } from '../../scripts/pictures/devtools.ts';
import { type Screen, screenshot, show } from '../../scripts/pictures/screenshot.ts';
import { AT, history, status, THOUSAND } from '../page/samples.ts';
import { HOSTILE, withTexts } from '../page/support.ts';

/** CI installs Chromium; where it is not, the tests are named as left out. */
const isThere = await access(CHROMIUM).then(
  () => true,
  () => false,
);
const IS_REQUIRED = process.env['CHROMIUM_REQUIRED'] !== undefined;
const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const EN = { language: 'en', timeZone: 'Europe/Berlin' } as const;
const ZH = { language: 'zh', timeZone: 'Asia/Shanghai' } as const;
/** No name is that long, and none has another direction. */
const WIDE = `${'W'.repeat(100)} ${'بحث'.repeat(40)}`;
const foreign = /\.(name|region|summary|words|reason|why|source|target|id|problems)$/;

const wide = <T>(value: T): T => withTexts(value, (path, text) => (foreign.test(path) ? WIDE : text));
/** Each text is another one of the hostile ones. */
function hostile<T>(value: T): T {
  let next = 0;
  return withTexts(value, (_path, text) => {
    next += 1;
    return text === AT ? text : (HOSTILE[next % HOSTILE.length]?.[1].slice(0, 500) ?? '');
  });
}

const PAGES = {
  'all tasks': await statusPage(status(), EN),
  'all tasks, in Chinese': await statusPage(status(), ZH),
  'a thousand tasks': await statusPage(status(THOUSAND), EN),
  'no task': await statusPage(status([], { groups: [], projects: [], channels: [], mutes: [] }), EN),
  'one migration': await reportPage(history(), EN),
  'one migration, in Chinese': await reportPage(history(), ZH),
  'tasks with huge names': await statusPage(wide(status()), EN),
  'a migration with a huge name': await reportPage(wide(history()), EN),
};

/** What a browser says that nobody may hear. */
const COMPLAINTS =
  /^(Runtime\.(consoleAPICalled|exceptionThrown)|Log\.entryAdded|Page\.javascriptDialogOpening)$/;
const VIOLATIONS = z.object({
  violations: z.array(z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string() })) })),
});

describe.skipIf(!isThere && !IS_REQUIRED)('a page in a browser', () => {
  let browser: Browser;
  let tab: Tab;
  let complaints: unknown[] = [];
  let requests: string[] = [];
  let blocked: unknown[] = [];

  beforeAll(async () => {
    browser = await startBrowser();
    tab = await browser.open((method, params) => {
      if (COMPLAINTS.test(method)) complaints.push(params);
      if (method === 'Network.loadingFailed') blocked.push(params['blockedReason']);
      if (method === 'Network.requestWillBeSent') requests.push(urlOf(params));
    });
  });

  afterAll(() => browser.close());

  async function open(html: string, screen: Screen): Promise<void> {
    complaints = [];
    requests = [];
    blocked = [];
    await show(tab, html, screen);
  }

  describe.each(Object.entries(PAGES))('with %s', (name, html) => {
    it('asks nobody for anything but itself, and the browser has nothing to complain of', async () => {
      await open(html, { width: 1280, scheme: 'light' });
      expect(complaints).toStrictEqual([]);
      expect(requests.filter((url) => !url.startsWith('data:image/svg+xml,'))).toStrictEqual([
        expect.stringMatching(/^file:\/\/.*page\.html$/),
      ]);
    });

    it.each([360, 768, 900, 1280, 1920])('is no wider than a screen of %d pixels', async (width) => {
      await open(html, { width, scheme: 'light' });
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(width);
    });

    // A thousand rows are like sixty.
    it.skipIf(name === 'a thousand tasks').each([
      { width: 1280, scheme: 'light' },
      { width: 1280, scheme: 'dark' },
      { width: 360, scheme: 'light' },
      { width: 360, scheme: 'dark' },
    ] as const)('is accessible (axe) at %j', async (screen) => {
      await open(html, screen);
      await tab.evaluate(`${AXE}; undefined`);
      const rules = "{ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }";
      const found = VIOLATIONS.parse(
        await tab.evaluate(`axe.run(document, ${rules}).then(({ violations }) => ({ violations }))`),
      );
      expect(
        found.violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((node) => node.html)]),
      ).toStrictEqual([]);
    });
  });

  it.each([
    ['all tasks', () => statusPage(hostile(status()), EN)],
    ['one migration', () => reportPage(hostile(history()), EN)],
  ])('runs nothing of hostile texts, and makes no element of them: %s', async (_name, pageOf) => {
    await open(await pageOf(), { width: 1280, scheme: 'light' });
    expect(complaints).toStrictEqual([]);
    expect(
      await tab.evaluate(
        "document.querySelectorAll('script, img, iframe, object, [onerror], [onload]').length",
      ),
    ).toBe(0);
    expect(await tab.evaluate("document.querySelectorAll('style').length")).toBe(1);
  });

  it('runs no script even if one got in, and takes no other style', async () => {
    const injected = PAGES['no task'].replace(
      '<main>',
      '<main><script>document.title = "run"</script><img src="https://example.com/x" onerror="document.title = \'run\'"><style>body{display:none}</style>',
    );
    await open(injected, { width: 1280, scheme: 'light' });
    expect(await tab.evaluate('document.title')).toBe('Migrations');
    expect(await tab.evaluate('getComputedStyle(document.body).display')).toBe('block');
    expect(complaints.length).toBeGreaterThanOrEqual(3);
    expect(blocked).toStrictEqual(['csp']);
  });

  it('is another page in the dark', async () => {
    const ground = 'getComputedStyle(document.body).backgroundColor';
    await open(PAGES['all tasks'], { width: 1280, scheme: 'dark' });
    const dark = await tab.evaluate(ground);
    await open(PAGES['all tasks'], { width: 1280, scheme: 'light' });
    expect(await tab.evaluate(ground)).not.toBe(dark);
  });

  it('is a picture', async () => {
    const screen = { width: 1280, height: 720, scheme: 'light' } as const;
    await open(PAGES['all tasks'], screen);
    const png = await screenshot(tab, screen);
    expect(png.readUInt32BE(16)).toBe(1280);
    expect(png.length).toBeGreaterThan(10_000);
  });
});

function urlOf(params: unknown): string {
  return z.object({ request: z.object({ url: z.string() }) }).parse(params).request.url;
}
