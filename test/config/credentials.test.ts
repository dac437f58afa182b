import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { load, MINIMAL, problemsOf, withProject } from './support.ts';

const SLACK_WEBHOOK_URL = 'https://hooks.slack.com/services/T0/B0/x';
const HUAWEI = { HUAWEICLOUD_SDK_AK: 'huawei-ak', HUAWEICLOUD_SDK_SK: 'huawei-sk' };
const CLOUD = { CLOUD_SDK_AK: 'cloud-ak', CLOUD_SDK_SK: 'cloud-sk', CLOUD_SDK_SECURITY_TOKEN: 'cloud-token' };

async function keysWith(env: Record<string, string>, project: object = {}) {
  const { projects, warnings } = await load(withProject(project), { env: { SLACK_WEBHOOK_URL, ...env } });
  const { accessKey, secretKey, securityToken } = projects[0]?.credentials ?? {};
  return { keys: [accessKey?.reveal(), secretKey?.reveal(), securityToken?.reveal()], warnings };
}

describe('Credentials', () => {
  it("are the project's own before any of the environment", async () => {
    const credentials = { accessKey: 'own-ak', secretKey: 'own-sk' };
    expect((await keysWith({ ...HUAWEI, ...CLOUD }, { credentials })).keys).toEqual([
      'own-ak',
      'own-sk',
      undefined,
    ]);
  });

  it('come from HUAWEICLOUD_SDK_ before CLOUD_SDK_, and never from both', async () => {
    expect((await keysWith({ ...CLOUD, ...HUAWEI })).keys).toEqual(['huawei-ak', 'huawei-sk', undefined]);
    expect((await keysWith(CLOUD)).keys).toEqual(['cloud-ak', 'cloud-sk', 'cloud-token']);
  });

  it('come from HW_ACCESS_KEY and the like where nothing else is set', async () => {
    const hw = { HW_ACCESS_KEY: 'hw-ak', HW_SECRET_KEY: 'hw-sk', HW_SECURITY_TOKEN: 'hw-token' };
    expect((await keysWith(hw)).keys).toEqual(['hw-ak', 'hw-sk', 'hw-token']);
    expect((await keysWith({ ...hw, ...CLOUD })).keys).toEqual(['cloud-ak', 'cloud-sk', 'cloud-token']);
  });

  it('lose the line break at the end of a secret file', async () => {
    const env = {
      HUAWEICLOUD_SDK_AK: 'ak\n',
      HUAWEICLOUD_SDK_SK: 'sk\r\n',
      HUAWEICLOUD_SDK_SECURITY_TOKEN: '',
    };
    expect((await keysWith(env)).keys).toEqual(['ak', 'sk', undefined]);
  });

  it('are used with a warning if a preferred pair is only half set', async () => {
    const { keys, warnings } = await keysWith({ ...CLOUD, HUAWEICLOUD_SDK_AK: 'alone' });
    expect(keys).toEqual(['cloud-ak', 'cloud-sk', 'cloud-token']);
    expect(warnings).toEqual([
      'HUAWEICLOUD_SDK_AK is set but HUAWEICLOUD_SDK_SK is not; another pair of variables is used',
    ]);
  });

  describe('of the platform itself', () => {
    const credentials = {
      accessKey: new Secret('agency-ak'),
      secretKey: new Secret('agency-sk'),
      securityToken: new Secret('agency-token'),
    };
    const keys = { source: "the keys of the function's agency", find: () => credentials };
    const loadedWith = async (env: Record<string, string>) =>
      (await load(MINIMAL, { env: { SLACK_WEBHOOK_URL, ...env }, keys })).projects[0]?.credentials;

    it('are taken where there are no others, and stay what they are', async () => {
      expect(await loadedWith({})).toBe(credentials);
      expect((await loadedWith(HUAWEI))?.accessKey.reveal()).toBe('huawei-ak');
    });

    it('are named among the sources that were tried when there are none', async () => {
      const none = { source: keys.source, find: () => undefined };
      expect(await problemsOf(MINIMAL, { env: { SLACK_WEBHOOK_URL }, keys: none })).toEqual([
        "projects[0].credentials: none found; tried: credentials in the file; HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK; CLOUD_SDK_AK and CLOUD_SDK_SK; HW_ACCESS_KEY and HW_SECRET_KEY; the keys of the function's agency",
      ]);
    });
  });

  it.each([
    ['is set at all', {}, ''],
    ['but an empty pair is set', { HUAWEICLOUD_SDK_AK: '', HUAWEICLOUD_SDK_SK: '' }, ''],
    ['but half a pair is set', { CLOUD_SDK_SK: 'canary' }, ' (CLOUD_SDK_SK is set but CLOUD_SDK_AK is not)'],
  ])('are missing, with all sources named, when nothing %s', async (_what, env, hint) => {
    expect(await problemsOf(MINIMAL, { env: { SLACK_WEBHOOK_URL, ...env } })).toEqual([
      'projects[0].credentials: none found; tried: credentials in the file; HUAWEICLOUD_SDK_AK and ' +
        `HUAWEICLOUD_SDK_SK; CLOUD_SDK_AK and CLOUD_SDK_SK; HW_ACCESS_KEY and HW_SECRET_KEY${hint}`,
    ]);
  });

  const fromVariables = { accessKey: `\${AK}`, secretKey: `\${SK}`, securityToken: `\${TOKEN}` };

  it('may use an unset or empty variable for the token', async () => {
    const credentials = fromVariables;
    expect((await keysWith({ AK: 'a', SK: 'b' }, { credentials })).keys).toEqual(['a', 'b', undefined]);
    expect((await keysWith({ AK: 'a', SK: 'b', TOKEN: '' }, { credentials })).keys).toEqual([
      'a',
      'b',
      undefined,
    ]);
    expect((await keysWith({ AK: 'a', SK: 'b', TOKEN: 't' }, { credentials })).keys).toEqual(['a', 'b', 't']);
  });

  it('of a project whose variables are unset are not replaced by others', async () => {
    const env = { ...HUAWEI, SLACK_WEBHOOK_URL };
    expect(await problemsOf(withProject({ credentials: fromVariables }), { env })).toEqual([
      'projects[0].credentials.accessKey: the environment variable AK is not set',
      'projects[0].credentials.secretKey: the environment variable SK is not set',
    ]);
  });

  it.each([
    [{ accessKey: 'a' }, ['projects[0].credentials.secretKey: expected a text, but it is missing']],
    [{ accessKey: 'a', secretKey: '' }, ['projects[0].credentials.secretKey: is empty']],
    [
      { accessKey: 'a', secretKey: 'canary\n' },
      [
        'projects[0].credentials.secretKey: contains a space, a line break or another character that keys never contain',
      ],
    ],
    [
      { accessKey: 'a', secretKey: 'b', securityToken: 'canary canary' },
      ['projects[0].credentials.securityToken: contains a space or a line break, which tokens never contain'],
    ],
  ])('in the file must be whole: %j', async (credentials, problems) => {
    expect(await problemsOf(withProject({ credentials }))).toEqual(problems);
  });
});
