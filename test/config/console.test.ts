import { describe, expect, it } from 'vitest';
import { newStamp, watchedProject } from '../../lib/runtime/tick/targets.ts';
import { load, MINIMAL, problemsOf, withProject } from './support.ts';

const ELSEWHERE = { region: undefined, endpoint: 'https://redis-api.example.com/dcs' };

async function consoleOf(project: object, settings: object = {}): Promise<string | undefined> {
  const { projects } = await load({ ...withProject(project), settings });
  return projects[0]?.consoleUrl;
}

describe('The console that messages link to', () => {
  it.each([
    ['a region', {}],
    ['its endpoint', { region: undefined, endpoint: 'https://dcs.cn-north-4.myhuaweicloud.com' }],
  ])("is Huawei Cloud's where a project has %s of Huawei Cloud", async (_what, project) => {
    expect(await consoleOf(project)).toBe('https://console.huaweicloud.com/dcs/?region={region}');
  });

  it.each(['https://redis-api.example.com/dcs', 'https://dcs.eu-de.otc.t-systems.com'])(
    'is none where the API is %s',
    async (endpoint) => {
      expect(await consoleOf({ region: undefined, endpoint })).toBeUndefined();
    },
  );

  it("is the project's own before that of the settings", async () => {
    const own = 'https://console.example.com/{task}';
    const ofAll = 'https://other.example.com/{project}';
    expect(await consoleOf({ ...ELSEWHERE, consoleUrl: own }, { consoleUrl: ofAll })).toBe(own);
    expect(await consoleOf(ELSEWHERE, { consoleUrl: ofAll })).toBe(ofAll);
    expect(await consoleOf({}, { consoleUrl: ofAll })).toBe(ofAll);
  });

  it.each([
    ['https://c.example.com/{task}', ''],
    ['https://c.example.com/{project}', 'https://c.example.com/254d2280acb74d36a8b839746bcd7352'],
  ])('is none for an event about no task where it needs one: %s', async (consoleUrl, link) => {
    const config = await load({ ...withProject({}), settings: { consoleUrl } });
    const [project] = config.projects.map((one) => watchedProject(one, config, newStamp()));
    expect(project?.consoleUrl).toBe(link);
  });

  it('is none where it needs an unknown region', async () => {
    expect(await consoleOf(ELSEWHERE, { consoleUrl: 'https://c.example.com/{region}' })).toBeUndefined();
  });

  it('is refused if it has no https address', async () => {
    expect(await problemsOf(withProject({ consoleUrl: 'javascript:alert(1)' }))).toEqual([
      expect.stringMatching(/^projects\[0\]\.consoleUrl: expected an https:\/\/ address/),
    ]);
    expect(await problemsOf({ ...MINIMAL, settings: { consoleUrl: 'http://c.example.com' } })).toHaveLength(
      1,
    );
  });
});
