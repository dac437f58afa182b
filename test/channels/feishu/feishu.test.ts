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

const URL_OF_BOT = 'https://open.feishu.cn/open-apis/bot/v2/hook/token';
const HOSTILE = 'orders <at id=all></at> <at user_id="all">x</at> [x](https://evil.example) *b* `c` "q"';
const TAKEN = '{"code":0,"msg":"success","data":{}}';
const REFUSED = '{"code":11246,"msg":"ErrCode: 200621"}';

interface Options {
  readonly events?: readonly MigrationEvent[];
  readonly now?: Date;
  readonly answers?: readonly string[];
}

/** The bodies that are sent. */
async function send(
  settings: Record<string, unknown> = {},
  { events = [eventOf(FAILED)], now = NOW, answers = [TAKEN] }: Options = {},
): Promise<Record<string, unknown>[]> {
  const { http, sent } = recording(answers);
  await (await channelAt(URL_OF_BOT, { type: 'feishu', ...settings }, http)).send({ events, now });
  expect(sent.map(({ url }) => url.href)).toEqual(sent.map(() => URL_OF_BOT));
  return sent.map(({ body = '' }) => JSON.parse(body));
}

function fact(label: string, value: string) {
  const column = (weight: number, text: object) => ({
    tag: 'column',
    width: 'weighted',
    weight,
    elements: [{ tag: 'div', text: { tag: 'plain_text', ...text } }],
  });
  return {
    tag: 'column_set',
    horizontal_spacing: '8px',
    columns: [column(1, { content: label, text_color: 'grey' }), column(3, { content: value })],
  };
}

describe('a Feishu message', () => {
  test('is a card: what happened in colour, the facts, why, a link, the ids', async () => {
    const dossier = { log: [], unknown: [], errorMessage: 'ERR invalid password' };
    const [sent] = await send({}, { events: [eventOf({ ...FAILED, dossier })] });
    expect(sent).toEqual({
      msg_type: 'interactive',
      card: {
        schema: '2.0',
        config: {
          update_multi: true,
          width_mode: 'fill',
          summary: { content: '❌ FAILED · migration1: migration failed' },
        },
        header: {
          title: { tag: 'plain_text', content: '❌ FAILED · migration1: migration failed' },
          template: 'red',
        },
        body: {
          direction: 'vertical',
          elements: [
            fact('Status', 'FULLMIGRATING (full) → MIGRATION_FAILED (failed)'),
            fact('Source → target', 'dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)'),
            fact('Project', 'prod (cn-north-4)'),
            fact('Previous phase', 'full, for 2 h 2 min'),
            { tag: 'hr' },
            { tag: 'div', text: { tag: 'plain_text', content: 'Error message', text_size: 'heading' } },
            { tag: 'div', text: { tag: 'plain_text', content: 'ERR invalid password' } },
            {
              tag: 'button',
              text: { tag: 'plain_text', content: 'console' },
              type: 'primary',
              behaviors: [{ type: 'open_url', default_url: CHANGE.consoleUrl }],
            },
            {
              tag: 'div',
              text: {
                tag: 'plain_text',
                content: `task ${TASK.id} · event 7 · 2026-01-05 02:12 UTC`,
                text_size: 'notation',
                text_color: 'grey',
              },
            },
          ],
        },
      },
    });
  });

  test.each([
    ['info', 'blue'],
    ['action', 'orange'],
    ['success', 'green'],
    ['failure', 'red'],
  ] as const)('of severity %s has a header in %s', async (severity, template) => {
    const [sent] = await send({}, { events: [eventOf({ ...CHANGE, severity })] });
    expect(sent).toMatchObject({ card: { header: { template } } });
  });

  test.each([
    [['ou_0a', 'user7'], '<at id=ou_0a></at> <at id=user7></at>'],
    ['ou_0a', '<at id=ou_0a></at>'],
    ['<at id=ou_0a></at>', '<at id=ou_0a></at>'],
    ['all', '<at id=all></at>'],
    [['all'], '<at id=all></at>'],
  ])('calls the people of the configuration first: %j', async (mention, content) => {
    const [sent] = await send({ mention });
    const first = { tag: 'markdown', content };
    expect(sent).toMatchObject({ card: { body: { elements: { 0: first } } } });
    const [changed] = await send({ mention }, { events: [eventOf()] });
    expect(JSON.stringify(changed)).not.toContain('<at');
  });

  test('refuses a mention that is no id', async () => {
    for (const mention of ['', 'a b', '<at id=x y></at>', 'zhang@example.com', ['ou_1', '<all>']]) {
      await expect(channelAt(URL_OF_BOT, { type: 'feishu', mention }, answering({}))).rejects.toThrow(
        'open ids',
      );
    }
  });

  test('has names in plain text alone', async () => {
    const task = { ...TASK, name: HOSTILE };
    const data = { ...FAILED, task, summary: `${HOSTILE}: migration failed` };
    const [sent] = await send({}, { events: [eventOf(data)] });
    const title = { tag: 'plain_text', content: `❌ FAILED · ${HOSTILE}: migration failed` };
    expect(sent).toMatchObject({ card: { header: { title } } });
    expect(JSON.stringify(sent)).not.toContain('"markdown"');
  });

  test('is in Chinese and in the time of its readers where the configuration says so', async () => {
    const [sent] = await send({ language: 'zh', timeZone: 'Asia/Shanghai' });
    expect(sent).toMatchObject({
      card: {
        header: { title: { content: expect.stringMatching(/^❌ 失败 · migration1：/) } },
        body: {
          elements: [
            fact('状态', 'FULLMIGRATING（全量迁移中） → MIGRATION_FAILED（迁移失败）'),
            fact('源实例 → 目标实例', 'dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)'),
            fact('项目', 'prod (cn-north-4)'),
            fact('上一阶段', '全量迁移，历时 2 小时 2 分钟'),
            { tag: 'button', text: { content: '控制台' } },
            { text: { content: `任务 ${TASK.id} · 事件 7 · 2026-01-05 10:12 UTC+8` } },
          ],
        },
      },
    });
  });

  test('of a drill says so first, and calls nobody', async () => {
    const sent = await send({ mention: 'all' }, { events: [{ ...eventOf(FAILED), drill: true }] });
    expect(sent).toMatchObject([
      { card: { header: { title: { content: 'DRILL · ❌ FAILED · migration1: migration failed' } } } },
    ]);
    expect(JSON.stringify(sent)).not.toContain('<at');
  });

  test('shows the keyword that the bot wants in its body, also in plain form', async () => {
    const sent = await send({ keyword: 'redis-watch' }, { answers: [REFUSED, TAKEN] });
    expect(sent).toHaveLength(2);
    const [card, text] = sent;
    expect(JSON.stringify(card?.['card'])).toContain('02:12 UTC · redis-watch"');
    expect(JSON.stringify(text)).toContain('redis-watch');
  });

  test('of many events has them in lines, and counts those that have no room', async () => {
    const events = Array.from({ length: 64 }, (_, n) => {
      const task = { ...TASK, id: `${n}`.padStart(32, '0'), name: `orders-${'界'.repeat(100)}` };
      return eventOf(
        { ...CHANGE, task, summary: `${task.name}: full synchronisation finished` },
        undefined,
        n,
      );
    });
    const [sent] = await send({}, { events });
    const text = JSON.stringify(sent);
    expect(sent).toMatchObject({ card: { header: { title: { content: '⚠️ 64 events of 64 tasks' } } } });
    expect(text).toMatch(/\d+ more/);
    expect(Buffer.byteLength(text)).toBeLessThan(20_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(15_000);
  });
});

describe('a Feishu message in plain form', () => {
  test('is a text that calls nobody, with nothing in it but text', async () => {
    const task = { ...TASK, name: HOSTILE };
    const data = { ...FAILED, task, summary: `${HOSTILE}: migration failed` };
    const sent = await send({ mention: 'all' }, { events: [eventOf(data)], answers: [REFUSED, TAKEN] });
    expect(sent[1]).toEqual({
      msg_type: 'text',
      content: {
        text: [
          '❌ FAILED · orders ＜at id=all＞＜/at＞ ＜at user_id="all"＞x＜/at＞ [x］(https://evil.example) *b* `c` "q": migration failed',
          '',
          'Status: FULLMIGRATING (full) → MIGRATION_FAILED (failed)',
          'Source → target: dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)',
          'Project: prod (cn-north-4)',
          'Previous phase: full, for 2 h 2 min',
          '',
          `console: ${CHANGE.consoleUrl}`,
          `task ${TASK.id} · event 7 · 2026-01-05 02:12 UTC`,
        ].join('\n'),
      },
    });
  });
});

describe('the signature of Feishu', () => {
  test.each([
    [
      'FeishuExampleSecret0000',
      '2026-01-02T03:04:05.000Z',
      { timestamp: '1767323045', sign: 'r8wgh9nlHSn0c45XNP+2rbxtt659SJjFwQrzwsXdmKQ=' },
    ],
    [
      '飞书密钥-example',
      '2026-01-02T03:04:05.999Z',
      { timestamp: '1767323045', sign: 'WepKIN28PXzzYBRlztfeNRAVOnkh78jovETjacNkriw=' },
    ],
    [
      'xxx',
      '2022-08-30T12:01:20.000Z',
      { timestamp: '1661860880', sign: 'QnWVTSBe6FmQDE0bG6X0mURbI+DnvVyu1h+j5dHOjrU=' },
    ],
  ])('is that of the known vectors, in the body of every attempt: %s', async (secret, at, fields) => {
    const sent = await send({ secret }, { now: new Date(at), answers: [REFUSED, TAKEN] });
    expect(sent).toHaveLength(2);
    for (const body of sent) expect(body).toMatchObject(fields);
  });

  test('is left out where the bot wants none', async () => {
    const [sent] = await send();
    expect(Object.keys(sent ?? {})).toEqual(['msg_type', 'card']);
  });
});

describe('an answer of Feishu', () => {
  const outcomeOf = (status: number, body: string) => outcomeAt(URL_OF_BOT, 'feishu', { status, body });

  test.each([
    ['9499 that says too many requests', 200, '{"code":9499,"msg":"too many request"}', 'pause'],
    ['an unknown code about frequency', 400, '{"code":987654,"msg":"frequency limited"}', 'pause'],
    ['an unknown code with server error', 503, '{"code":987654,"msg":"busy"}', 'transient'],
    ['an unknown code of nobody we know', 404, '{"code":987654,"msg":"no route"}', 'transient'],
    ['no code at all', 200, '{"ok":true}', 'permanent'],
  ])('%s', async (_what, status, body, expected) => {
    expect((await outcomeOf(status, body)).class).toBe(expected);
  });

  test('never shows its words, which may hold our address', async () => {
    const { reason } = await outcomeOf(200, '{"code":19022,"msg":"ip 203.0.113.7 not allowed"}');
    expect(reason).toBe(
      "Feishu 19022: this machine's IP address is not on the bot's list of allowed addresses; add it there",
    );
  });
});
