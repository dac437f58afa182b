import { describe, expect, it } from 'vitest';
import { Secret } from '../../../lib/base/secret.ts';
import { accessFindings, brokenStep } from '../../../lib/checkup/project/access.ts';
import { bestAnswer, type DcsAnswers } from '../../../lib/checkup/project/asked.ts';
import { clockFinding } from '../../../lib/checkup/project/clock.ts';
import { permissionFindings } from '../../../lib/checkup/project/permissions.ts';
import { askedProject, offlineProject, projectForm } from '../../../lib/checkup/project/project.ts';
import { type AskedProject, taskFindings } from '../../../lib/checkup/project/tasks.ts';
import type { ProjectConfig } from '../../../lib/config/schema/file.ts';
import type { CallResult, ListedTask } from '../../../lib/migration/model/enrichment.ts';
import type { Look } from '../../../lib/migration/model/observation.ts';
import { OTHER_PROJECT, OTHER_TASK, TASK } from '../place.ts';

const AK = 'A'.repeat(20);
const SK = 's'.repeat(40);
const HUAWEI = new URL('https://dcs.cn-north-4.myhuaweicloud.com');

function project(changes: Partial<ProjectConfig> = {}): ProjectConfig {
  return {
    id: OTHER_PROJECT,
    region: 'cn-north-4',
    endpoint: HUAWEI,
    name: 'prod',
    credentials: { accessKey: new Secret(AK), secretKey: new Secret(SK) },
    allowInsecure: false,
    tasks: [{ id: TASK, labels: {} }],
    ...changes,
  };
}

const known = <T>(value: T) => ({ kind: 'known', value }) as const;
const MISSING = { kind: 'missing', detail: 'there is no such task.' } as const;
const SEEN = { kind: 'seen', observation: { status: 'INCRMIGEATING' } } as const;
const OUT_OF_TIME = { kind: 'skipped', why: 'out of time' } as const;

function answers(changes: Partial<DcsAnswers> = {}): DcsAnswers {
  return {
    list: known([{ taskId: TASK, status: 'INCRMIGEATING' }]),
    looks: new Map([[TASK, SEEN]]),
    stats: known({}),
    logs: known([]),
    ...changes,
  };
}

function failed(
  code: 'service_failed' | 'wrong_project' | 'no_answer' | 'undocumented',
  reason = 'unreachable',
) {
  return {
    kind: 'failed',
    reason: reason === 'unreachable' ? 'unreachable' : 'unreadable answer',
    detail: 'it failed.',
    answer: { code },
  } as const satisfies CallResult<never>;
}

const FACTS = { host: 'dcs.example', projectId: 'p', region: 'r' };

function outcomes(first: CallResult<unknown>): string[] {
  return accessFindings(first, FACTS).map(({ what, outcome }) => `${what} ${outcome}`);
}

describe('the way to a project', () => {
  it('is good when the project itself has answered', () => {
    for (const first of [known([]), MISSING, { kind: 'denied', detail: '' } as const])
      expect(outcomes(first)).toEqual(['endpoint ok', 'key ok', 'project ok']);
  });

  it('breaks at the endpoint, the key or the project, and what comes behind is unchecked', () => {
    expect(outcomes(failed('no_answer'))).toEqual(['endpoint problem', 'key unchecked', 'project unchecked']);
    expect(outcomes({ ...failed('no_answer'), reason: 'not authorised', isKeyRefused: true })).toEqual([
      'endpoint ok',
      'key problem',
      'project unchecked',
    ]);
    expect(outcomes({ ...failed('wrong_project'), reason: 'not authorised' })).toEqual([
      'endpoint ok',
      'key ok',
      'project problem',
    ]);
  });

  it.each([
    ['token_invalid', 'key'],
    ['token_expired', 'key'],
    ['token_absent', 'key'],
    ['not_accepted', 'key'],
    ['gateway_refuses_key', 'key'],
    ['wrong_project', 'project'],
    ['project_unavailable', 'project'],
    ['project_id_mistyped', 'project'],
    ['no_such_api', undefined],
  ] as const)('with the answer %s breaks at the %s', (code, step) => {
    const answer = { kind: 'failed', reason: 'not authorised', detail: '', answer: { code } } as const;
    expect(brokenStep(answer)).toBe(step);
  });

  it('breaks at the endpoint when it is not reached, or asks for a pause', () => {
    expect(brokenStep({ kind: 'failed', reason: 'unreachable', detail: 'no answer' })).toBe('endpoint');
    expect(brokenStep({ kind: 'failed', reason: 'throttled', detail: 'too many requests' })).toBe('endpoint');
    expect(brokenStep({ kind: 'skipped', why: 'out of time' })).toBe('endpoint');
    expect(brokenStep({ kind: 'failed', reason: 'refused', detail: '' })).toBeUndefined();
  });

  it('is said in words', () => {
    const words = accessFindings(known([]), FACTS).map((one) => one.words);
    expect(words).toEqual(['dcs.example answers', 'accepted', 'p in r']);
    const skipped = accessFindings({ kind: 'skipped', why: 'resting' }, FACTS)[1];
    expect(skipped?.words).toContain('in another project');
  });

  it('is unchecked where nobody was asked', () => {
    expect(outcomes({ kind: 'skipped', why: 'resting' })).toEqual([
      'endpoint ok',
      'key unchecked',
      'project unchecked',
    ]);
    expect(outcomes(OUT_OF_TIME)[0]).toBe('endpoint unchecked');
    expect(brokenStep(failed('undocumented', 'unreadable'))).toBeUndefined();
  });

  it('follows the call that came furthest', () => {
    expect(bestAnswer(answers({ list: failed('service_failed') })).kind).toBe('known');
    const looked = answers({ list: failed('service_failed'), stats: MISSING });
    expect(bestAnswer(looked).kind).toBe('missing');
    const nothing: DcsAnswers = { list: failed('no_answer'), looks: new Map([[TASK, OUT_OF_TIME]]) };
    expect(bestAnswer(nothing)).toEqual(nothing.list);
  });
});

describe('a permission', () => {
  it('is there when a call is answered, also with that there is no such task', () => {
    const found = permissionFindings(answers({ looks: new Map([[TASK, MISSING]]), stats: MISSING }));
    expect(found.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(found[0]?.words).toContain('no task was there');
  });

  it('is there when one look of several is permitted', () => {
    const looks = new Map<string, Look>([
      [OTHER_TASK, failed('service_failed')],
      [TASK, SEEN],
    ]);
    expect(permissionFindings(answers({ looks }))[0]?.outcome).toBe('ok');
  });

  it('is unchecked where there was no time, and where the call was not made', () => {
    const { stats: _stats, ...others } = answers({ logs: OUT_OF_TIME });
    expect(permissionFindings(others)[3]?.words).toBe('no time was left to ask');
    expect(permissionFindings(others).map(({ outcome }) => outcome)).toEqual([
      'ok',
      'ok',
      'unchecked',
      'unchecked',
    ]);
  });

  it('is a problem of its own where the call fails otherwise', () => {
    expect(permissionFindings(answers({ logs: failed('service_failed') }))[3]?.outcome).toBe('problem');
  });
});

describe('a task', () => {
  const found = (look: DcsAnswers['looks'], listed: readonly ListedTask[] = [], id = TASK) => {
    const one: AskedProject = {
      project: project({ tasks: [{ id, labels: {} }] }),
      asked: answers({ looks: look, list: known(listed) }),
    };
    return taskFindings(one, [one])[0];
  };

  it('that nobody had time to look at is good if the list has it', () => {
    const looks = new Map([[TASK, OUT_OF_TIME]]);
    expect(found(looks, [{ taskId: TASK, status: 'RUNNING' }])).toMatchObject({
      outcome: 'ok',
      words: `${TASK}: in the list, RUNNING`,
    });
    expect(found(looks, [{ taskId: OTHER_TASK }])?.outcome).toBe('unchecked');
  });

  it('is taken for another of the list only when few characters differ', () => {
    const looks = new Map([[TASK, MISSING]]);
    const advice = (taskId: string) => found(looks, [{ taskId }])?.advice ?? '';
    expect(advice(`${TASK.slice(0, -6)}000000`)).toMatch(/^Did you mean/);
    expect(advice(TASK.slice(1))).toMatch(/^Did you mean/);
    expect(advice(OTHER_TASK)).toMatch(/^Check the id/);
    expect(advice(`${TASK.slice(0, 20)}${'0'.repeat(12)}`)).toMatch(/^Check the id/);
  });

  it('whose look failed says why', () => {
    expect(found(new Map([[TASK, failed('service_failed')]]))).toMatchObject({ outcome: 'problem' });
    expect(found(new Map())?.outcome).toBe('unchecked');
  });
});

describe('what is discovered', () => {
  const discovered = (listed: DcsAnswers['list'], name?: string) => {
    const discover = name === undefined ? { labels: {} } : { name, labels: {} };
    const one: AskedProject = { project: project({ tasks: [], discover }), asked: answers({ list: listed }) };
    return taskFindings(one, [one]).at(-1);
  };

  it('is counted', () => {
    const list = known([
      { taskId: TASK, name: 'orders-1' },
      { taskId: OTHER_TASK, name: 'users' },
    ]);
    expect(discovered(list, 'orders-*')).toMatchObject({ outcome: 'ok', words: '1 task of 2 in the list' });
    expect(discovered(list)).toMatchObject({ outcome: 'ok', words: '2 tasks of 2 in the list' });
  });

  it('says how many ended, because a discovery leaves alone what had ended before', () => {
    const list = known([
      { taskId: TASK, name: 'orders-1', status: 'FULLMIGRATING' },
      { taskId: OTHER_TASK, name: 'users', status: 'MIGRATION_FAILED' },
    ]);
    expect(discovered(list)?.words).toBe('2 tasks of 2 in the list, 1 of them ended');
  });

  it('may be nothing yet in a project without tasks', () => {
    expect(discovered(known([]), 'orders-*')?.outcome).toBe('ok');
  });

  it('is unchecked without the list', () => {
    expect(discovered({ kind: 'denied', detail: '' })?.outcome).toBe('unchecked');
  });
});

describe('the clock', () => {
  it.each([
    [0, 'ok'],
    [-29_999, 'ok'],
    [30_000, 'warning'],
    [-299_999, 'warning'],
    [300_000, 'problem'],
    [-900_000, 'problem'],
  ])('that is %i ms off is %s', (offsetMs, outcome) => {
    expect(clockFinding(offsetMs).outcome).toBe(outcome);
  });

  it('is unchecked when no answer has the time', () => {
    expect(clockFinding(undefined).outcome).toBe('unchecked');
  });

  it('is said to be ahead or behind', () => {
    expect(clockFinding(45_000).words).toBe('45 s ahead of that of DCS');
    expect(clockFinding(-600_000).words).toBe('10 minutes behind that of DCS');
  });
});

describe('the form of the key of a project', () => {
  const credentials = { accessKey: new Secret(AK.slice(1)), secretKey: new Secret(SK) };

  it('causes a warning about its length at Huawei Cloud alone', () => {
    expect(projectForm(project({ credentials }))[0]?.outcome).toBe('warning');
    const elsewhere = new URL('https://dcs.eu-de.otc.t-systems.com');
    expect(projectForm(project({ credentials, endpoint: elsewhere }))[0]?.outcome).toBe('ok');
    expect(offlineProject(project()).findings).toHaveLength(1);
  });

  it('is a note on a key that was refused, and nothing on one that was accepted', () => {
    const one = project({ credentials });
    const refused = { ...failed('no_answer'), reason: 'not authorised', isKeyRefused: true } as const;
    const bad: AskedProject = { project: one, asked: { list: refused, looks: new Map() } };
    const key = askedProject(bad, [bad], undefined).findings.find(({ what }) => what === 'key');
    expect(key?.advice).toContain('Note: accessKey has 19 characters');
    const good: AskedProject = { project: one, asked: answers() };
    expect(askedProject(good, [good], 0).findings.every(({ outcome }) => outcome === 'ok')).toBe(true);
  });
});
