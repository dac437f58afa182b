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

const URL_OF_ROBOT = 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=key';
const HOSTILE = 'orders <@all> <font color="info">ok</font> [x](https://evil.example) **b** &lt;@all&gt;';
const TAKEN = '{"errcode":0,"errmsg":"ok"}';
const REFUSED = '{"errcode":40058,"errmsg":"markdown.content exceed max length 4096"}';

interface Options {
  readonly events?: readonly MigrationEvent[];
  readonly answers?: readonly string[];
}

/** The bodies that are sent. */
async function send(
  settings: Record<string, unknown> = {},
  { events = [eventOf(FAILED)], answers = [TAKEN] }: Options = {},
): Promise<Record<string, unknown>[]> {
  const { http, sent } = recording(answers);
  await (await channelAt(URL_OF_ROBOT, { type: 'wecom', ...settings }, http)).send({ events, now: NOW });
  expect(sent.map(({ url }) => url.href)).toEqual(sent.map(() => URL_OF_ROBOT));
  return sent.map(({ body = '' }) => JSON.parse(body));
}

const FACTS = [
  'Status: FULLMIGRATING (full) → MIGRATION_FAILED (failed)',
  'Source → target: dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)',
  'Project: prod (cn-north-4)',
  'Previous phase: full, for 2 h 2 min',
];
const FOOTER = `task ${TASK.id} · event 7 · 2026-01-05 02:12 UTC`;
const TEXT = [
  '❌ FAILED · migration1: migration failed',
  '',
  ...FACTS,
  '',
  `console: ${CHANGE.consoleUrl}`,
  FOOTER,
].join('\n');

function hostile(): MigrationEvent {
  const task = { ...TASK, name: HOSTILE };
  return eventOf({ ...FAILED, task, summary: `${HOSTILE}: migration failed` });
}

describe('a WeCom message', () => {
  test('is Markdown: what happened in colour, the facts, why, a link, the ids', async () => {
    const dossier = { log: [], unknown: [], errorMessage: 'ERR invalid password' };
    const [sent] = await send({}, { events: [eventOf({ ...FAILED, dossier })] });
    expect(sent).toEqual({
      msgtype: 'markdown',
      markdown: {
        content: [
          '### <font color="warning">❌ FAILED · migration1: migration failed</font>',
          '',
          ...FACTS.map((fact) => fact.replace(/^([^:]+): /, '> **$1**: ')),
          '',
          '**Error message**',
          'ERR invalid password',
          '',
          `[console](${CHANGE.consoleUrl})`,
          `<font color="comment">${FOOTER}</font>`,
        ].join('\n'),
      },
    });
  });

  test.each([
    ['info', 'comment'],
    ['action', 'warning'],
    ['success', 'info'],
    ['failure', 'warning'],
  ] as const)('of severity %s has a headline in the colour %s', async (severity, colour) => {
    const [sent] = await send({}, { events: [eventOf({ ...CHANGE, severity })] });
    expect(JSON.stringify(sent)).toContain(`### <font color=\\"${colour}\\">`);
  });

  test('calls users of the configuration in its own line', async () => {
    const [sent] = await send({ mention: ['zhangsan', 'li.si@corp'] });
    expect(JSON.stringify(sent)).toContain('\\n\\n<@zhangsan> <@li.si@corp>\\n\\n');
    const [changed] = await send({ mention: ['zhangsan'] }, { events: [eventOf()] });
    expect(JSON.stringify(changed)).not.toContain('<@');
  });

  test.each([
    ['all', { mentioned_list: ['@all'] }],
    ['@all', { mentioned_list: ['@all'] }],
    [['zhangsan', '13800000000'], { mentioned_list: ['zhangsan'], mentioned_mobile_list: ['13800000000'] }],
    ['13800000000', { mentioned_mobile_list: ['13800000000'] }],
  ])('is one text where Markdown cannot call: %j', async (mention, called) => {
    expect(await send({ mention })).toEqual([{ msgtype: 'text', text: { content: TEXT, ...called } }]);
    const [changed] = await send({ mention }, { events: [eventOf()] });
    expect(changed).toMatchObject({ msgtype: 'markdown' });
    expect(JSON.stringify(changed)).not.toMatch(/@all|1380/);
  });

  test('refuses a mention that is no id', async () => {
    for (const mention of ['', 'a b', '<@a><@b>', ['x', 'y<']]) {
      await expect(channelAt(URL_OF_ROBOT, { type: 'wecom', mention }, answering({}))).rejects.toThrow(
        'user ids',
      );
    }
  });

  test('has names in which nothing is markup, a link or a mention', async () => {
    const [sent] = await send({}, { events: [hostile()] });
    expect(JSON.stringify(sent)).toContain(
      'orders ＜@all＞ ＜font color=\\"info\\"＞ok＜/font＞ [x］(https://evil.example) ＊＊b＊＊ ＆lt;@all＆gt;: migration failed</font>',
    );
  });

  test('is in Chinese and in the time of its readers where the configuration says so', async () => {
    const [sent] = await send({ language: 'zh', timeZone: 'Asia/Shanghai' });
    expect(sent).toEqual({
      msgtype: 'markdown',
      markdown: {
        content: [
          '### <font color="warning">❌ 失败 · migration1：migration failed</font>',
          '',
          '> **状态**：FULLMIGRATING（全量迁移中） → MIGRATION_FAILED（迁移失败）',
          '> **源实例 → 目标实例**：dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)',
          '> **项目**：prod (cn-north-4)',
          '> **上一阶段**：全量迁移，历时 2 小时 2 分钟',
          '',
          `[控制台](${CHANGE.consoleUrl})`,
          `<font color="comment">任务 ${TASK.id} · 事件 7 · 2026-01-05 10:12 UTC+8</font>`,
        ].join('\n'),
      },
    });
  });

  test('of a drill says so first, and calls nobody', async () => {
    for (const mention of ['all', 'zhangsan']) {
      const sent = await send({ mention }, { events: [{ ...eventOf(FAILED), drill: true }] });
      expect(JSON.stringify(sent)).toContain('>DRILL · ❌ FAILED · migration1: migration failed<');
      expect(JSON.stringify(sent)).not.toMatch(/<@|mentioned/);
    }
  });

  test('has an address that cannot end its link', async () => {
    const consoleUrl = 'https://console.example/?a=(b)[c]&lt;&d=<e>';
    const [sent] = await send({}, { events: [eventOf({ ...FAILED, consoleUrl })] });
    expect(JSON.stringify(sent)).toContain(
      '[console](https://console.example/?a=%28b%29%5Bc%5D&lt%3B&d=%3Ce%3E)',
    );
  });

  test.each([
    ['in Markdown', undefined, 4096],
    ['as a text that calls everybody', 'all', 2048],
  ])('of many events counts those that have no room: %s', async (_how, mention, most) => {
    const events = Array.from({ length: 64 }, (_, n) => {
      const task = { ...TASK, id: `${n}`.padStart(32, '0'), name: `orders-${'界'.repeat(100)}` };
      return eventOf({ ...FAILED, task, summary: `${task.name}: migration failed` }, undefined, n);
    });
    const [sent] = await send({ mention }, { events });
    const text = JSON.stringify(sent);
    expect(text).toContain('64 events of 64 tasks');
    expect(text).toMatch(/\d+ more\\nfailed 64/);
    expect(Buffer.byteLength(text)).toBeLessThan(most + 200);
    expect(Buffer.byteLength(text)).toBeGreaterThan(most * 0.7);
  });
});

describe('a WeCom message in plain form', () => {
  test('calls the same people', async () => {
    const sent = await send({ mention: 'zhangsan' }, { answers: [REFUSED, TAKEN] });
    expect(sent[1]).toEqual({ msgtype: 'text', text: { content: TEXT, mentioned_list: ['zhangsan'] } });
  });

  test('has names in which nothing is a mention', async () => {
    const sent = await send({}, { events: [hostile()], answers: [REFUSED, TAKEN] });
    expect(JSON.stringify(sent[1])).toContain('orders ＜@all＞ ＜font');
    expect(JSON.stringify(sent[1])).toContain('＆lt;@all＆gt;');
  });

  test('is shorter where a text was refused', async () => {
    const log = Array.from({ length: 12 }, (_, n) => ({ message: `${n} ${'x'.repeat(100)}` }));
    const events = [eventOf({ ...FAILED, dossier: { log, unknown: [] } })];
    const sent = await send({ mention: 'all' }, { events, answers: [REFUSED, TAKEN] });
    const [first = 0, second = 0] = sent.map((body) => JSON.stringify(body).length);
    expect(second).toBeLessThan(1200);
    expect(first).toBeGreaterThan(second);
  });
});

describe('an answer of WeCom', () => {
  const outcomeOf = (status: number, body: string) => outcomeAt(URL_OF_ROBOT, 'wecom', { status, body });

  test.each([
    ['an unknown code about frequency', 200, '{"errcode":987654,"errmsg":"api freq out of limit"}', 'pause'],
    ['a robot that is stopped', 200, '{"errcode":93004,"errmsg":""}', 'broken'],
    ['an unknown code with server error', 502, '{"errcode":987654,"errmsg":""}', 'transient'],
    ['no code at all', 200, '{"ok":true}', 'permanent'],
  ])('%s', async (_what, status, body, expected) => {
    expect((await outcomeOf(status, body)).class).toBe(expected);
  });

  test('never shows its words, which hold our address', async () => {
    const words = 'invalid webhook url, hint: [1767579120_1], from ip: 203.0.113.7';
    const { reason } = await outcomeOf(200, JSON.stringify({ errcode: 93000, errmsg: words }));
    expect(reason).toBe('WeCom 93000: the robot does not exist; copy its URL again');
  });
});
