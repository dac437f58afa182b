import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CloudFunction, createFunction } from '../../support/functiongraph/platform.ts';

const KEYS = { accessKey: 'agency-ak', secretKey: 'agency-sk', securityToken: 'agency-token' };
const READY = 'exports.initializer = (context, callback) => callback(null, "");\n';

let codeRoot: string;
const made: CloudFunction[] = [];
beforeAll(async () => {
  codeRoot = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-double-'));
});
afterEach(async () => {
  for (const one of made.splice(0)) await one.dropInstances();
});
afterAll(() => rm(codeRoot, { recursive: true }));

/** A function of a few lines on the double. */
async function functionOf(code: string, changed: object = {}): Promise<CloudFunction> {
  await writeFile(join(codeRoot, 'index.js'), code);
  const cloud = createFunction({
    node: process.execPath,
    codeRoot,
    keys: () => KEYS,
    variables: { NAME: 'value' },
    ...changed,
  });
  made.push(cloud);
  return cloud;
}

describe('the double of FunctionGraph', () => {
  it('gives a function nothing but RUNTIME_ variables, and its own through the context', async () => {
    const cloud = await functionOf(`${READY}
      exports.handler = async (event, context) => ({
        names: Object.keys(process.env), name: context.getUserData('NAME'), none: context.getUserData('NONE') ?? null,
        old: context.getAccessKey(), key: context.getSecurityAccessKey(), trigger: event.trigger_type, user: event.user_event,
      });`);
    expect(await cloud.tick()).toEqual({
      names: expect.toSatisfy((names: string[]) => names.every((name) => name.startsWith('RUNTIME_'))),
      name: 'value',
      none: null,
      old: '',
      key: 'agency-ak',
      trigger: 'TIMER',
      user: 'tick',
    });
  });

  it('keeps an instance for the next event, and gives each event its own context', async () => {
    let nth = 0;
    const keys = () => ({ ...KEYS, accessKey: `ak-${++nth}` });
    const code = `let count = 0;\n${READY}
      exports.handler = async (event, context) => [++count, context.getSecurityAccessKey()];`;
    const cloud = await functionOf(code, { keys });
    expect(await cloud.tick()).toEqual([1, 'ak-2']);
    expect(await cloud.tick()).toEqual([2, 'ak-3']);
    expect(cloud.starts).toBe(1);
  });

  it('starts another instance for an event that comes meanwhile', async () => {
    const cloud = await functionOf(
      `${READY} exports.handler = () => new Promise((done) => setTimeout(() => done(process.pid), 300));`,
    );
    const [one, other] = await Promise.all([cloud.tick(), cloud.tick()]);
    expect(one).not.toBe(other);
    expect(cloud.starts).toBe(2);
  });

  it('tries a failing initializer three times', async () => {
    const cloud = await functionOf(
      'exports.initializer = (context, callback) => callback(new Error("not now"));',
    );
    await expect(cloud.tick()).rejects.toThrow('not now');
    expect(cloud.starts).toBe(3);
  });

  it('kills a function whose time is over', async () => {
    const cloud = await functionOf(
      `${READY} exports.handler = () => new Promise(() => setInterval(() => {}, 1000));`,
      {
        timeoutMs: 200,
      },
    );
    await expect(cloud.tick()).rejects.toThrow('the process ended (SIGKILL)');
  });

  it('ends the process of a promise that is rejected and handled by nobody', async () => {
    const cloud = await functionOf(
      `${READY} exports.handler = () => new Promise(() => { setImmediate(() => Promise.reject(new Error("lost"))); });`,
    );
    await expect(cloud.tick()).rejects.toThrow('the process ended (1)');
    expect(cloud.log()).toContain('lost');
  });

  it('refuses an answer of more than 6 MB', async () => {
    const cloud = await functionOf(`${READY} exports.handler = async () => 'x'.repeat(7_000_000);`);
    await expect(cloud.tick()).rejects.toThrow('the answer is too large');
  });
});
