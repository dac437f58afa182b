import { describe, expect, test } from 'vitest';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import {
  answering,
  CHANGE,
  channelAt,
  eventOf,
  FAILED,
  NOW,
  outcomeAt,
  recording,
  TASK,
} from '../support.ts';

const URL_OF_ROBOT =
  'https://open.welink.huaweicloud.com/api/werobot/v1/webhook/send?token=token&channel=standard';

/** The bodies of two attempts. */
async function send(
  settings: Record<string, unknown> = {},
  events: readonly MigrationEvent[] = [eventOf(FAILED)],
): Promise<Record<string, unknown>[]> {
  const { http, sent } = recording(Array(2).fill('{"code":"58500"}'));
  const channel = await channelAt(URL_OF_ROBOT, { type: 'welink', ...settings }, http);
  await channel.send({ events, now: NOW });
  await channel.send({ events, now: new Date(NOW.getTime() + 60_000) });
  expect(sent.map(({ url }) => url.href)).toEqual([URL_OF_ROBOT, URL_OF_ROBOT]);
  return sent.map(({ body = '' }) => JSON.parse(body));
}

function textIn(body: Record<string, unknown> | undefined): string {
  return JSON.stringify(body?.['content']);
}

describe('a WeLink message', () => {
  test('is a short text: what happened, the facts, a link, the ids', async () => {
    const [sent] = await send({ mention: ['zhangsan@huawei'] });
    expect(sent).toEqual({
      messageType: 'text',
      content: {
        text: [
          '❌ FAILED · migration1: migration failed',
          '@zhangsan@huawei',
          'Status: FULLMIGRATING (full) → MIGRATION_FAILED (failed)',
          'Source → target: dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)',
          'Project: prod (cn-north-4)',
          'Previous phase: full, for 2 h 2 min',
          `console: ${CHANGE.consoleUrl}`,
          `task ${TASK.id} · event 7 · 2026-01-05 02:12 UTC`,
        ].join('\n'),
      },
      timeStamp: NOW.getTime(),
      uuid: expect.stringMatching(/^[0-9a-f]{32}$/),
      isAt: true,
      isAtAll: false,
      atAccounts: ['zhangsan@huawei'],
    });
  });

  test('has the time and an id of its own in each attempt', async () => {
    const [first, second] = await send();
    expect(second).toEqual({ ...first, timeStamp: NOW.getTime() + 60_000, uuid: expect.any(String) });
    expect(second?.['uuid']).not.toBe(first?.['uuid']);
  });

  test('calls everybody only if the configuration says so, and nobody for what is no failure', async () => {
    const [failed] = await send({ mention: 'all' });
    expect(failed).toMatchObject({ isAt: false, isAtAll: true, atAccounts: [] });
    expect(textIn(failed)).toContain('\\n@all\\n');
    const [changed] = await send({ mention: 'all' }, [eventOf()]);
    expect(changed).toMatchObject({ isAt: false, isAtAll: false, atAccounts: [] });
    expect(textIn(changed)).not.toContain('@');
  });

  test('is in Chinese and in the time of its readers where the configuration says so', async () => {
    const [sent] = await send({ language: 'zh', timeZone: 'Asia/Shanghai' });
    expect(sent?.['content']).toEqual({
      text: [
        '❌ 失败 · migration1：migration failed',
        '状态：FULLMIGRATING（全量迁移中） → MIGRATION_FAILED（迁移失败）',
        '源实例 → 目标实例：dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)',
        '项目：prod (cn-north-4)',
        '上一阶段：全量迁移，历时 2 小时 2 分钟',
        `控制台：${CHANGE.consoleUrl}`,
        `任务 ${TASK.id} · 事件 7 · 2026-01-05 10:12 UTC+8`,
      ].join('\n'),
    });
  });

  test('of a drill says so first, and calls nobody', async () => {
    const [sent] = await send({ mention: 'all' }, [{ ...eventOf(FAILED), drill: true }]);
    expect(textIn(sent)).toMatch(/^\{"text":"DRILL · ❌ FAILED · migration1: migration failed\\n/);
    expect(textIn(sent)).not.toContain('@');
    expect(sent).toMatchObject({ isAt: false, isAtAll: false });
  });

  test('has names that do not look like a call', async () => {
    const data = { ...FAILED, task: { ...TASK, name: '@all' }, summary: '@all: migration failed' };
    const [sent] = await send({}, [eventOf(data)]);
    expect(textIn(sent)).toContain('＠all: migration failed');
  });

  test('has no address where many people are called, but what happened and the ids', async () => {
    const mention = Array.from({ length: 10 }, (_, n) => `zhangsan${n}@562a847505`);
    const consoleUrl = `${CHANGE.consoleUrl}&task=${TASK.id}`;
    const [sent] = await send({ mention }, [eventOf({ ...FAILED, consoleUrl })]);
    expect(textIn(sent)).not.toContain('https:');
    for (const id of mention) expect(textIn(sent)).toContain(`@${id}`);
    expect(textIn(sent)).toContain('migration1: migration failed');
    expect(textIn(sent)).toContain(TASK.id);
    expect(textIn(sent).length).toBeLessThanOrEqual(530);
  });

  test('of many events has some in lines, and counts those that have no room', async () => {
    const events = Array.from({ length: 64 }, (_, n) => {
      const task = { ...TASK, id: `${n}`.padStart(32, '0'), name: `orders-${n}` };
      return eventOf({ ...FAILED, task, summary: `${task.name}: migration failed` }, undefined, n);
    });
    const [sent] = await send({}, events);
    expect(textIn(sent)).toContain('❌ 64 events of 64 tasks');
    expect(textIn(sent)).toContain('orders-0: migration failed');
    expect(textIn(sent)).toMatch(/\d+ more\\nfailed 64/);
  });

  test.each([
    ['is no id', ['a b'], 'user ids'],
    ['has too many ids', Array.from({ length: 11 }, (_, n) => `u${n}`), 'at most 10'],
    ['would fill a message', Array.from({ length: 9 }, (_, n) => `${n}${'u'.repeat(40)}`), '250 characters'],
  ])('refuses a mention that %s', async (_what, mention, problem) => {
    await expect(channelAt(URL_OF_ROBOT, { type: 'welink', mention }, answering({}))).rejects.toThrow(
      problem,
    );
  });
});

describe('an answer of WeLink', () => {
  const outcomeOf = (status: number, body: string) => outcomeAt(URL_OF_ROBOT, 'welink', { status, body });

  test.each([
    ['a code as a number', 200, '{"code":0}', 'delivered'],
    ['an unknown code', 200, '{"code":"987654"}', 'permanent'],
    ['an unknown code with server error', 500, '{"code":"987654"}', 'transient'],
    ['no code at all', 200, '{"ok":true}', 'permanent'],
  ])('%s', async (_what, status, body, expected) => {
    expect((await outcomeOf(status, body)).class).toBe(expected);
  });

  test('that is a bare 403 says where to look', async () => {
    expect(await outcomeOf(403, '')).toMatchObject({
      class: 'broken',
      reason:
        "WeLink HTTP 403: this machine's IP address may be missing from the robot's list of allowed addresses; check that list",
    });
  });
});
