import { expect, it } from 'vitest';
import { WatchError } from '../../lib/base/errors.ts';
import { Secret } from '../../lib/base/secret.ts';
import { SCHEMES } from '../../lib/config/references/provider.ts';
import { loadServiceConfig } from '../../lib/config/source.ts';
import type { Platform } from '../../lib/runtime/platform.ts';
import { createService } from '../../lib/runtime/service.ts';
import { openStore } from '../../lib/store/index.ts';

/** A platform with the means to see what it does. Its environment names a configuration of one task that is there. */
export interface PlatformUnderTest {
  readonly platform: Platform;
  /** The name of a secret that is there, by scheme. */
  readonly known: Readonly<Record<string, string>>;
  /** All that it has written so far: log lines and figures. */
  written(): string;
}

const MINUTE = 60_000;

/** The behaviour that the program relies on at every platform. */
export function keepsThePlatformContract(open: () => PlatformUnderTest): void {
  it('calls the program at least once an hour, and at most once a second', () => {
    const { scheduleMs } = open().platform;
    expect(scheduleMs).toBeGreaterThanOrEqual(1000);
    expect(scheduleMs).toBeLessThanOrEqual(60 * MINUTE);
  });

  it('has a store that keeps what is saved, and refuses a second save of the same revision', async () => {
    const store = await openStore(open().platform.store(undefined), Date.now);
    const item = {
      key: { partition: 'platform', id: `contract-${Math.random()}` },
      rev: 1,
      nonce: 'n',
      body: 'b',
    };
    expect(await store.save(item)).toBe('saved');
    expect(await store.get(item.key)).toMatchObject({ rev: 1, body: 'b' });
    expect(await store.save({ ...item, nonce: 'other' })).toBe('conflict');
    await store.close();
  });

  it('reads secrets by schemes that references may have, as secrets', async () => {
    const { platform, known } = open();
    expect(Object.keys(platform.secrets).toSorted()).toEqual(Object.keys(known).toSorted());
    for (const [scheme, name] of Object.entries(known)) {
      expect(SCHEMES[scheme]?.form.test(name)).toBe(true);
      expect(await platform.secrets[scheme]?.(name)).toBeInstanceOf(Secret);
    }
  });

  it('refuses a secret that is not there with an error of ours', async () => {
    const { platform } = open();
    for (const read of Object.values(platform.secrets)) {
      await expect(read('/not/there')).rejects.toBeInstanceOf(WatchError);
    }
  });

  it('finds the configuration with its environment and folder', async () => {
    const { config } = await loadServiceConfig(open().platform);
    expect(config.projects).toHaveLength(1);
  });

  it('writes a log entry with its words and facts', () => {
    const { platform, written } = open();
    platform.log({ kind: 'looks_skipped', project: 'contract', why: 'a test', count: 3 });
    expect(written()).toMatch(/project contract: 3 looks postponed \(a test\)/);
    expect(written()).toContain('looks_skipped');
  });

  it('publishes figures by name', async () => {
    const { platform, written } = open();
    await platform.publish([{ name: 'Ticks', unit: 'Count', value: 1 }]);
    expect(written()).toContain('Ticks');
  });

  it('makes a tick, and the next one goes on with its state', async () => {
    const { platform, written } = open();
    const { invoke } = createService(platform);
    expect(await invoke(MINUTE)).toMatchObject({ tasks: 1, events: 1, failedLooks: 0 });
    expect(await invoke(MINUTE)).toMatchObject({ tasks: 1, events: 0 });
    expect(written()).toContain('TickDuration');
  });

  it('makes the tick of the one project that the event names, and refuses any other', async () => {
    const { platform } = open();
    const { invoke } = createService(platform);
    const { config } = await loadServiceConfig(platform);
    const [{ id, name } = { id: '', name: '' }] = config.projects;
    for (const project of [id, name]) expect(await invoke(MINUTE, { project })).toMatchObject({ tasks: 1 });
    await expect(invoke(MINUTE, { project: 'elsewhere' })).rejects.toThrow(
      `it names the project elsewhere, and the configuration has ${name}`,
    );
    await expect(invoke(MINUTE, { project: 7 })).rejects.toThrow('"project" must be the name of a project');
    expect(await invoke(MINUTE, { time: '2026-01-05T00:10:00Z', detail: {} })).toMatchObject({ tasks: 1 });
  });
}
