import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod/mini';
import type { Tab } from './devtools.ts';

export interface Screen {
  readonly width: number;
  /** Absent: as high as the page. */
  readonly height?: number;
  readonly scheme: 'light' | 'dark';
}

/** Narrower screens are phones. */
const PHONE = 500;
const WINDOW_HEIGHT = 900;

/** Shows a page as a file of its own, and waits until it has loaded. */
export async function show(tab: Tab, html: string, { width, scheme }: Screen): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-page-'));
  try {
    const url = pathToFileURL(join(folder, 'page.html')).href;
    await writeFile(new URL(url), html);
    await tab.send('Emulation.setDeviceMetricsOverride', {
      width,
      height: WINDOW_HEIGHT,
      deviceScaleFactor: 1,
      mobile: width < PHONE,
    });
    await tab.send('Emulation.setEmulatedMedia', {
      features: [{ name: 'prefers-color-scheme', value: scheme }],
    });
    await tab.send('Page.navigate', { url });
    await tab.evaluate(
      `new Promise((done) => {
        const isThere = () => document.readyState === 'complete' && location.href === ${JSON.stringify(url)};
        const look = () => isThere() ? done() : setTimeout(look, 10);
        look();
      })`,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const SHOT = z.object({ data: z.string() });

/** The content of a tab, as a PNG. */
export async function screenshot(tab: Tab, { width, height }: Screen): Promise<Buffer> {
  const full = z.number().parse(await tab.evaluate('document.documentElement.scrollHeight'));
  const clip = { x: 0, y: 0, width, height: height ?? full, scale: 1 };
  const options = { format: 'png', clip, captureBeyondViewport: true };
  return Buffer.from(SHOT.parse(await tab.send('Page.captureScreenshot', options)).data, 'base64');
}
