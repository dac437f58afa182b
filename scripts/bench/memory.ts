/** Run as a process of its own: two ticks over many tasks, then the most memory it ever had, in kilobytes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../lib/store/index.ts';
import { taskIds } from './tasks.ts';
import { benchApp } from './world.ts';

const [url = '', count = '0'] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-bench-'));
const store = await openStore({ kind: 'sqlite', file: join(folder, 'watch.db') }, Date.now);
const app = await benchApp(new URL(url), taskIds(Number(count)), store);
const first = await app.tick(600_000);
const second = await app.tick(600_000);
process.send?.({ first, second, maxRssKb: process.resourceUsage().maxRSS });
await app.close();
await rm(folder, { recursive: true });
process.disconnect?.();
