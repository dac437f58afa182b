import { chown, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildImage,
  type Container,
  type ContainerOptions,
  type Image,
  NO_CONTAINERS,
  startContainer,
  UID,
} from '../support/container.ts';
import { NO_SYSTEMD, permittedSystemCalls } from '../support/systemd.ts';
import {
  ACCESS_KEY,
  createWorld,
  PROJECT_ID,
  SECRET_KEY,
  SIGNING_SECRET,
  type World,
} from '../support/world.ts';

const PATIENT = { timeout: 120_000, interval: 200 };
const SECRETS = { HUAWEICLOUD_SDK_AK: ACCESS_KEY, HUAWEICLOUD_SDK_SK: SECRET_KEY, SIGNING_SECRET };

/** CI installs Debian's `buildah` and `runc`; where they are not, these tests are named as left out. */
describe.skipIf(NO_CONTAINERS)('the container', () => {
  let image: Image;
  let world: World;
  let folder: string;
  let config: string;
  beforeAll(async () => {
    image = await buildImage('deploy/container/Dockerfile');
    world = await createWorld({ time: 'real' });
    world.status('task-1', 'FULLMIGRATING');
    folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-volumes-'));
    config = await newFolder('config');
    const { endpoint } = world.simulator;
    const projects = [
      { id: PROJECT_ID, region: 'cn-north-4', endpoint, allowInsecure: true, tasks: ['task-1'] },
    ];
    const secret = `\${SIGNING_SECRET}`;
    const url = world.receiver.url('/cutover');
    const channels = { cutover: { type: 'webhook', url, secret, allowInsecure: true } };
    await writeFile(join(config, 'watch.yml'), JSON.stringify({ projects, channels }));
  });
  afterAll(async () => {
    await world.close();
    await image.close();
    await rm(folder, { recursive: true });
  });

  async function newFolder(name: string): Promise<string> {
    const made = await mkdtemp(join(folder, `${name}-`));
    await chown(made, UID, UID);
    return made;
  }

  /** With a new volume for the state, and the configuration. */
  async function started(options: ContainerOptions = {}): Promise<{ container: Container; state: string }> {
    const state = await newFolder('state');
    const folders = { '/state': state, '/config': config };
    return { container: await startContainer(image, { env: SECRETS, folders, ...options }), state };
  }

  async function outputOf(args: readonly string[]): Promise<{ code: number | null; output: string }> {
    const { container } = await started({ args });
    const code = await container.ended;
    const output = container.output();
    await container.close();
    return { code, output };
  }

  it('holds one file of ours and the licence, besides its base', async () => {
    expect((await readdir(join(image.rootfs, 'app'))).toSorted()).toEqual(['LICENSE', 'local.cjs']);
    const added = (await readdir(image.rootfs)).filter((name) => !['nodejs', 'lib', 'lib64'].includes(name));
    expect(added.filter((name) => !['config', 'dev', 'proc', 'sys'].includes(name)).toSorted()).toEqual([
      'app',
      'state',
    ]);
    expect(image.config.Labels).toMatchObject({
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.version': '1.2.3',
    });
  });

  it('keeps its state in /state, which belongs to its user', async () => {
    expect(image.config.Volumes).toEqual({ '/state': {} });
    expect(image.config.User).toBe(`${UID}:${UID}`);
    expect(await stat(join(image.rootfs, 'state'))).toMatchObject({ uid: UID, gid: UID });
  });

  it('says its version', async () => {
    expect(await outputOf(['--version'])).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^dcs-migration-watch \d/),
    });
  });

  it('says which configuration it misses, and does not rehearse', async () => {
    const { container } = await started({ folders: {} });
    expect(await container.ended).toBe(2);
    expect(container.output()).toContain('/config/watch.yml');
    await container.close();
  });

  it('watches without root, without a root that can be written, and without capabilities', async () => {
    const { container } = await started();
    await ticked(container);
    const status = await readFile(`/proc/${await container.pid()}/status`, 'utf8');
    expect(status).toMatch(new RegExp(`^Uid:\\t${UID}\\t${UID}\\t${UID}\\t${UID}$`, 'm'));
    expect(status).toMatch(/^CapEff:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).toMatch(/^NSpid:\t\d+\t1$/m);
    const write = "require('node:fs').writeFileSync('/app/x', '')";
    expect(await container.execute(['node', '-e', write])).toMatchObject({
      code: 1,
      output: expect.stringContaining('EROFS'),
    });
    await container.close();
  });

  it('sends an event that verifies, and keeps its state for its user alone', async () => {
    const before = world.receiver.at('/cutover').length;
    const { container, state } = await started();
    await ticked(container);
    const [event] = world.receiver.at('/cutover').slice(before);
    expect(() =>
      new Webhook(SIGNING_SECRET).verify(event?.body ?? '', signedHeaders(event?.headers)),
    ).not.toThrow();
    const { mode, uid } = await stat(join(state, 'watch.db'));
    expect({ mode: (mode & 0o777).toString(8), uid }).toEqual({ mode: '600', uid: UID });
    await container.close();
  });

  it('is stopped by SIGTERM as the first process, with 0', async () => {
    const { container } = await started();
    await ticked(container);
    await container.kill('TERM');
    expect(await container.ended).toBe(0);
    expect(container.output()).toContain('stopped');
    await container.close();
  });

  describe('its health', () => {
    /** Docker runs the words behind `CMD` as they are: there is no shell. */
    function health(maxAge = '5m'): string[] {
      const [form, ...command] = image.config.Healthcheck.Test;
      expect(form).toBe('CMD');
      expect(command).toContain('5m');
      return command.map((word) => (word === '5m' ? maxAge : word));
    }

    it('is good after a tick, and bad when the last good one is too old', async () => {
      const { container } = await started();
      await ticked(container);
      expect(await container.execute(health())).toEqual({ code: 0, output: '' });
      const old = () => container.execute(health('1s'));
      await expect.poll(old, PATIENT).toEqual({ code: 1, output: expect.stringContaining('longer than') });
      await container.close();
    });

    it('is bad before there is a state', async () => {
      const { code, output } = await outputOf(health().slice(2));
      expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining('/state/watch.db') });
    });
  });

  it.skipIf(NO_SYSTEMD)('runs with the system calls that the systemd unit permits', async () => {
    const systemCalls = permittedSystemCalls('deploy/systemd/dcs-migration-watch.service');
    const { container } = await started({ systemCalls });
    await ticked(container);
    await container.kill('TERM');
    expect(await container.ended).toBe(0);
    await container.close();
  });

  /** The first tick of a state has sent its first event. */
  async function ticked(container: Container): Promise<void> {
    const before = world.receiver.at('/cutover').length;
    const said = () => container.output();
    await expect.poll(() => world.receiver.at('/cutover').length, PATIENT).toBeGreaterThan(before);
    await expect.poll(said, PATIENT).toMatch(/\bwatching 1 task\b/);
  }
});

function signedHeaders(headers: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
  return Object.fromEntries(names.map((name) => [name, String(headers[name])]));
}
