import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { followConfig } from '../../lib/config/follow.ts';
import { readConfig } from '../../lib/config/source.ts';
import { ENV, MINIMAL } from './support.ts';

let file: string;
const write = (interval: string) => writeFile(file, JSON.stringify({ ...MINIMAL, settings: { interval } }));

beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'dcs-migration-watch-follow-')), 'watch.yml');
  await write('60s');
});

async function follow(env = ENV) {
  const place = { file };
  let reads = 0;
  const read = () => {
    reads += 1;
    return readConfig(place, env);
  };
  const config = await read();
  return { config, reads: () => reads, ...followConfig({ place, config, read }) };
}

describe('a configuration that is followed', () => {
  test('is not read again while its file is the same', async () => {
    const { config, reload, reads } = await follow();
    expect(await reload()).toEqual({ config });
    expect((await reload()).config).toBe(config);
    expect(reads()).toBe(1);
  });

  test('is used in its new form when its file was edited or replaced', async () => {
    const { reload } = await follow();
    await write('120s');
    expect((await reload()).config.settings.intervalMs).toBe(120_000);
    const other = `${file}.new`;
    await writeFile(other, JSON.stringify({ ...MINIMAL, settings: { interval: '9s' } }));
    await rename(other, file);
    expect((await reload()).config.settings.intervalMs).toBe(9000);
  });

  test('stays in use when its file is broken, which is reported once, and follows when it is corrected', async () => {
    const { config, reload } = await follow();
    await writeFile(file, 'projects: [');
    const first = await reload();
    expect(first.config).toBe(config);
    expect(first.problem).toMatch(/stays in use: .*is refused/);
    expect(await reload()).toEqual({ config });
    await write('30s');
    expect((await reload()).config.settings.intervalMs).toBe(30_000);
  });

  test('stays in use when its file is removed', async () => {
    const { config, reload } = await follow();
    await rm(file);
    expect(await reload()).toMatchObject({ config, problem: expect.stringContaining('does not exist') });
  });

  test('is read again on request, and is the same object if nothing has changed', async () => {
    const { config, reload, readAgain, reads } = await follow();
    readAgain();
    expect((await reload()).config).toBe(config);
    expect(reads()).toBe(2);
    await reload();
    expect(reads()).toBe(2);
  });
});
