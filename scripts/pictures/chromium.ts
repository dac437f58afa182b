import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { packed } from './png.ts';

const run = promisify(execFile);
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-lcd-text',
  '--hide-scrollbars',
  '--virtual-time-budget=3000',
];
/** Where Debian puts it. */
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

async function withPage<T>(html: string, work: (url: string, folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-picture-'));
  try {
    const file = join(folder, 'page.html');
    await writeFile(file, html);
    return await work(pathToFileURL(file).href, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The page once its scripts have run. */
export function drawn(html: string): Promise<string> {
  return withPage(html, async (url, folder) => {
    const args = [...FLAGS, `--user-data-dir=${folder}`, '--dump-dom', url];
    return (await run(CHROMIUM, args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
  });
}

/** A picture (PNG) of a page as high as its content. */
export async function picture(html: string): Promise<Buffer> {
  const measured = await drawn(`${html}<script>document.title = document.body.offsetHeight</script>`);
  const height = Number(/<title>(\d+)<\/title>/.exec(measured)?.[1]);
  return withPage(html, async (url, folder) => {
    const file = join(folder, 'page.png');
    const size = `--window-size=640,${height}`;
    await run(CHROMIUM, [...FLAGS, `--user-data-dir=${folder}`, size, `--screenshot=${file}`, url]);
    return packed(await readFile(file));
  });
}
