/** Writes `docs/images/`: messages as chats show them, and the page as a browser does. Needs Chromium (Debian: `apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji`). */
import { writeFile } from 'node:fs/promises';
import { reportPage } from '../lib/page/report-page.ts';
import { statusPage } from '../lib/page/status-page.ts';
import { history, status, TEN } from '../test/page/samples.ts';
import { picture } from './pictures/chromium.ts';
import { startBrowser } from './pictures/devtools.ts';
import { feishuPage } from './pictures/feishu.ts';
import { eventsOf, payloadOf } from './pictures/payloads.ts';
import { packed } from './pictures/png.ts';
import { type Screen, screenshot, show } from './pictures/screenshot.ts';
import { slackPage } from './pictures/slack.ts';
import { teamsPage } from './pictures/teams.ts';

const FOLDER = new URL('../docs/images/', import.meta.url);
const READY = eventsOf('dcs.migration.cutover_ready', 'action');
const FAILED = eventsOf('dcs.migration.status_changed', 'failure');

const pages = {
  slack: slackPage(await payloadOf({ type: 'slack' }, READY)),
  feishu: feishuPage(await payloadOf({ type: 'feishu', language: 'zh', timeZone: 'Asia/Shanghai' }, READY)),
  teams: await teamsPage(await payloadOf({ type: 'teams', mention: 'oncall@example.com' }, FAILED)),
};

for (const [name, html] of Object.entries(pages)) await write(name, await picture(html));

const READER = { language: 'en', timeZone: 'Asia/Shanghai' } as const;
/** One task in each condition is enough for a picture. */
const LEFT_OUT = new Set(['profile-pictures', 'بحث-cache']);
const tasks = TEN.filter(({ name = '' }) => !LEFT_OUT.has(name));
const screens = {
  status: [
    await statusPage(status(tasks, { projects: [] }), READER),
    { width: 1180, height: 980, scheme: 'light' },
  ],
  report: [await reportPage(history(), READER), { width: 1180, height: 860, scheme: 'dark' }],
} as const satisfies Record<string, readonly [string, Screen]>;

const browser = await startBrowser();
try {
  const tab = await browser.open(() => undefined);
  for (const [name, [html, screen]] of Object.entries(screens)) {
    await show(tab, html, screen);
    await write(name, packed(await screenshot(tab, screen)));
  }
} finally {
  await browser.close();
}

async function write(name: string, png: Buffer): Promise<void> {
  await writeFile(new URL(`${name}.png`, FOLDER), png);
  console.log(`${name}.png: ${Math.ceil(png.length / 1024)} kB`);
}
