import { describe, expect, test } from 'vitest';
import { CHANGE, channelAt, eventOf, FAILED, NOW, recording, TASK } from '../support.ts';

const URL_OF_ROBOT = 'https://oapi.dingtalk.com/robot/send?access_token=token';

interface Sent {
  readonly url: string;
  readonly body: Record<string, unknown>;
}

async function send(
  settings: Record<string, unknown> = {},
  { data = FAILED, now = NOW, answers = ['{"errcode":0,"errmsg":"ok"}'] } = {},
): Promise<Sent[]> {
  const { http, sent } = recording(answers);
  await (await channelAt(URL_OF_ROBOT, { type: 'dingtalk', ...settings }, http)).send({
    events: [eventOf(data)],
    now,
  });
  return sent.map(({ url, body = '' }) => ({ url: url.href, body: JSON.parse(body) }));
}

describe('a DingTalk message', () => {
  test('is Markdown: what happened, the facts, a link, the ids', async () => {
    const [sent] = await send();
    expect(sent?.body).toEqual({
      msgtype: 'markdown',
      markdown: {
        title: '❌ FAILED · migration1: migration failed',
        text: [
          '### ❌ FAILED · migration1: migration failed',
          '',
          '- **Status**: FULLMIGRATING (full) → MIGRATION_FAILED (failed)  ',
          '- **Source → target**: dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)  ',
          '- **Project**: prod (cn-north-4)  ',
          '- **Previous phase**: full, for 2 h 2 min',
          '',
          `[console](${CHANGE.consoleUrl})  `,
          `task ${TASK.id} · event 7 · 2026-01-05 02:12 UTC`,
        ].join('\n'),
      },
      at: { atMobiles: [], atUserIds: [], isAtAll: false },
    });
  });

  test('has names and texts in which nothing is a link, a picture or emphasis', async () => {
    const name = 'orders [x](https://evil.example) ![](https://evil.example/p.png) *b* __b__ `c` <b>';
    const errorMessage = '# [x]: https://evil.example then [x][y] and _i_';
    const dossier = { errorMessage, log: [], unknown: [] };
    const [sent] = await send({}, { data: { ...FAILED, summary: `${name}: migration failed`, dossier } });
    const text = JSON.stringify(sent?.body);
    expect(text).toContain(
      'orders [x］(https://evil.example) ![］(https://evil.example/p.png) ＊b＊ ＿＿b＿＿ ｀c｀ ＜b>: migration failed',
    );
    expect(text).toContain('> ＃ [x]: https://evil.example then [x］[y] and ＿i＿');
  });

  test('has an address of version 6 as it is', async () => {
    const task = { ...TASK, source: { address: '[::1]:6379' } };
    const dossier = { errorMessage: 'at [::1]:6379', log: [], unknown: [] };
    const [sent] = await send({}, { data: { ...FAILED, task, dossier } });
    expect(JSON.stringify(sent?.body).match(/\[::1\]:6379/g)).toHaveLength(2);
  });

  test('calls the people of the configuration, in both halves of a mention', async () => {
    const [sent] = await send({ mention: ['13800000000', 'manager7'] });
    expect(sent?.body['at']).toEqual({ atMobiles: ['13800000000'], atUserIds: ['manager7'], isAtAll: false });
    expect(JSON.stringify(sent?.body)).toContain('\\n\\n@13800000000 @manager7\\n\\n');
  });

  test('calls everybody only if the configuration says so, and nobody for what is no failure', async () => {
    const [failed] = await send({ mention: 'all' });
    expect(failed?.body['at']).toEqual({ atMobiles: [], atUserIds: [], isAtAll: true });
    expect(JSON.stringify(failed?.body)).toContain('@所有人');
    const [changed] = await send({ mention: 'all' }, { data: CHANGE });
    expect(changed?.body['at']).toEqual({ atMobiles: [], atUserIds: [], isAtAll: false });
    expect(JSON.stringify(changed?.body)).not.toContain('@所有人');
  });

  test('shows the keyword that the robot wants, also in plain form', async () => {
    const sent = await send(
      { keyword: 'redis_watch' },
      { answers: ['{"errcode":430104,"errmsg":"no"}', ''] },
    );
    expect(sent).toHaveLength(2);
    for (const { body } of sent) expect(JSON.stringify(body)).toContain('redis_watch');
    expect(sent[1]?.body['msgtype']).toBe('text');
    expect(JSON.stringify(sent[1]?.body)).not.toContain('https:');
  });
});

describe('the signature of DingTalk', () => {
  test.each([
    [
      'SEC0000000000000000000000000000000000000000000000000000000000000001',
      '2026-01-02T03:04:05.000Z',
      'timestamp=1767323045000&sign=KkZ3fI3VvEyHwcx85tmAP1gdCRC1fS5%2BcwP1qyASlz4%3D',
    ],
    [
      'SECexample',
      '2026-01-02T03:04:05.003Z',
      'timestamp=1767323045003&sign=RGb7hdmu8Nri%2BU0eexgs3ZiIiTBt9%2BTe9k%2F%2Feqk2zZQ%3D',
    ],
  ])('is that of the known vectors: %s', async (secret, at, query) => {
    const [sent] = await send({ secret }, { now: new Date(at) });
    expect(sent?.url).toBe(`${URL_OF_ROBOT}&${query}`);
  });

  test('is left out where the robot wants none', async () => {
    const [sent] = await send();
    expect(sent?.url).toBe(URL_OF_ROBOT);
  });
});
