/** Writes `docs/images/`: messages as chats show them. Needs Chromium (Debian: `apt-get install chromium fonts-noto-cjk fonts-noto-color-emoji`). */
import { writeFile } from 'node:fs/promises';
import { picture } from './pictures/chromium.ts';
import { feishuPage } from './pictures/feishu.ts';
import { eventsOf, payloadOf } from './pictures/payloads.ts';
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

for (const [name, html] of Object.entries(pages)) {
  const png = await picture(html);
  await writeFile(new URL(`${name}.png`, FOLDER), png);
  console.log(`${name}.png: ${Math.ceil(png.length / 1024)} kB`);
}
