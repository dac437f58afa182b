import { describe, expect, it } from 'vitest';
import { useWorld } from '../support/use-world.ts';
import type { ChannelSettings, World } from '../support/world.ts';

const world = useWorld();

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const TASKS = ['task-1', 'task-2', 'task-3'];
/** The clock of a world begins at 00:10 UTC on a Monday. */
const NIGHT = { from: '01:00', to: '06:00', except: ['failure'] };

/** Chats after a first tick at midnight, with tasks in their full phase. At 01:50 it is night. */
async function atNight(channels: ChannelSettings, tasks: readonly string[] = TASKS): Promise<World> {
  const made = await world({ tasks, channels });
  for (const id of tasks) made.status(id, 'FULLMIGRATING');
  await made.tick();
  made.clock.advance(100 * MINUTE);
  return made;
}

/** A failure whose cause is known from the log of its task. */
function fail(
  made: World,
  id: string,
  words = 'scheduled to be closed for overcoming of output buffer limits',
): void {
  made.simulator.setLogs(id, [{ log_level: 'ERROR', message: words }]);
  made.status(id, 'MIGRATION_FAILED');
}

/** The texts that a chat shows, of all messages of some ticks. */
async function textsDuring(
  made: World,
  channel: string,
  ticks: () => Promise<unknown>,
): Promise<readonly string[]> {
  const before = made.receiver.at(`/${channel}`).length;
  await ticks();
  const bodies = made.receiver.at(`/${channel}`).slice(before);
  return bodies.map(({ body }) => textsIn(JSON.parse(body)).join('\n'));
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

const WORDS = {
  en: {
    failed: 'FAILED · name of task-1',
    cause: 'What to do (client-output-buffer-limit)',
    advice: 'of its maximum memory, then restart the task',
    besides: 'Also 1 event in quiet hours, no longer current:',
    sum: 'events in quiet hours',
    late: 'delayed by',
  },
  zh: {
    failed: '失败 · name of task-1',
    cause: '处理建议（client-output-buffer-limit）',
    advice: '然后重启迁移任务',
    besides: '此外，免打扰时段内还有 1 个事件，以下内容现已过时：',
    sum: '免打扰时段内：',
    late: '延迟',
  },
} as const;

/** The texts stand in this order. */
function expectInOrder(text: string, words: readonly string[]): void {
  const places = words.map((word) => text.indexOf(word));
  expect(places, text).not.toContain(-1);
  expect(places).toStrictEqual(places.toSorted((a, b) => a - b));
}

describe('an excepted failure of a task that has events waiting', () => {
  it.each(
    ['slack', 'feishu', 'dingtalk', 'wecom', 'teams'].flatMap((type) =>
      (['en', 'zh'] as const).map((language) => [type, language] as const),
    ),
  )('is sent whole, and below it what was held: %s, %s', async (type, language) => {
    const made = await atNight({ ops: { type, language, quiet: NIGHT } });
    const words = WORDS[language];
    made.status('task-1', 'INCRMIGEATING');
    await made.tick();
    made.clock.advance(20 * MINUTE);
    fail(made, 'task-1');
    const [text = '', ...others] = await textsDuring(made, 'ops', async () =>
      expect(await made.tick()).toMatchObject({ pending: 0, dead: 0 }),
    );
    expect(others).toStrictEqual([]);
    const { failed, cause, advice, besides } = words;
    expectInOrder(text, [failed, 'MIGRATION_FAILED', cause, advice, besides]);
    expect(text).not.toContain(words.sum);
    expect(text).not.toContain(words.late);
  });

  it('calls the people of the settings', async () => {
    const made = await atNight({ ops: { type: 'slack', mention: '<!here>', quiet: NIGHT } });
    made.status('task-1', 'INCRMIGEATING');
    await made.tick();
    fail(made, 'task-1');
    made.clock.advance(MINUTE);
    const [text = ''] = await textsDuring(made, 'ops', () => made.tick());
    expect(text).toContain('<!here>');
  });

  it('is a message of its own for each task, and nothing is sent twice', async () => {
    const made = await atNight({ ops: { type: 'slack', quiet: NIGHT }, cutover: { type: 'webhook' } });
    for (const id of TASKS) made.status(id, 'INCRMIGEATING');
    await made.tick();
    made.clock.advance(MINUTE);
    fail(made, 'task-1');
    fail(made, 'task-2', 'MISCONF Redis is configured to save RDB snapshots');
    const texts = await textsDuring(made, 'ops', () => made.tick());
    expect(texts).toHaveLength(2);
    for (const text of texts) expect(text).toContain('What to do (');
    made.clock.advance(6 * HOUR);
    const [morning = '', ...others] = await textsDuring(made, 'ops', async () =>
      expect(await made.tick()).toMatchObject({ pending: 0, dead: 0 }),
    );
    expect(others).toStrictEqual([]);
    expect(morning).toContain('name of task-3');
    expect(morning).not.toMatch(/task-[12]/);
  });

  it('waits for a chat that was down, with what its task has done since', async () => {
    const made = await atNight({ ops: { type: 'slack', quiet: NIGHT } });
    made.receiver.answer('/ops', { status: 503 });
    fail(made, 'task-1');
    await made.tick();
    made.clock.advance(20 * MINUTE);
    made.status('task-1', 'FULLMIGRATING');
    await made.tick();
    made.receiver.answer('/ops', { status: 200, body: 'ok' });
    made.clock.advance(20 * MINUTE);
    const early = await textsDuring(made, 'ops', () => made.tick());
    made.clock.advance(6 * HOUR);
    const morning = await textsDuring(made, 'ops', async () =>
      expect(await made.tick()).toMatchObject({ pending: 0, dead: 0 }),
    );
    // The failure was true when it was to be sent at once; its restart is news of the morning.
    expect(early).toHaveLength(1);
    expect(early[0]).toContain('FAILED · name of task-1');
    expect(morning).toHaveLength(1);
    expect(morning[0]).not.toContain('FAILED ·');
  });

  it('of another severity than a failure is sent whole, too', async () => {
    const quiet = { ...NIGHT, except: ['migration.status_changed'] };
    const made = await atNight({ ops: { type: 'slack', quiet, when: { severity: ['action', 'failure'] } } });
    made.status('task-1', 'INCRMIGEATING');
    const [text = ''] = await textsDuring(made, 'ops', () => made.tick());
    expectInOrder(text, ['incremental replication started', 'Status']);
  });
});

describe('the message at the end of quiet hours, or of a mute', () => {
  const held = { from: '01:00', to: '06:00' };

  it.each(['en', 'zh'] as const)(
    'is that of the one event that is still news, and says when it happened: %s',
    async (language) => {
      const made = await atNight({ ops: { type: 'slack', language, quiet: held } });
      made.status('task-1', 'INCRMIGEATING');
      await made.tick();
      made.clock.advance(20 * MINUTE);
      made.status('task-1', 'TERMINATED');
      await made.tick();
      made.clock.advance(5 * HOUR);
      const [text = '', ...others] = await textsDuring(made, 'ops', () => made.tick());
      expect(others).toStrictEqual([]);
      const happened = {
        en: 'Happened: 2026-01-05 02:10 UTC, in quiet hours',
        zh: '发生时间：2026-01-05 02:10 UTC（免打扰时段内）',
      };
      expectInOrder(text, [happened[language], 'TERMINATED', WORDS[language].besides]);
    },
  );

  it('has the failure of one task whole, and the news of the others below it', async () => {
    const made = await atNight({ ops: { type: 'slack', quiet: held } });
    for (const id of TASKS) made.status(id, 'INCRMIGEATING');
    await made.tick();
    made.clock.advance(20 * MINUTE);
    fail(made, 'task-1');
    await made.tick();
    made.clock.advance(5 * HOUR);
    const [text = ''] = await textsDuring(made, 'ops', () => made.tick());
    const { failed, cause, advice } = WORDS.en;
    expectInOrder(text, [failed, 'Happened', cause, advice, 'Also 3 events of 3 tasks in quiet hours:']);
  });

  it('has failures of several tasks as equals, with what to do once for each cause', async () => {
    const made = await atNight({ ops: { type: 'slack', quiet: held } });
    for (const id of ['task-1', 'task-2']) fail(made, id);
    fail(made, 'task-3', 'MISCONF Redis is configured to save RDB snapshots');
    await made.tick();
    made.clock.advance(5 * HOUR);
    const [text = ''] = await textsDuring(made, 'ops', () => made.tick());
    expect(text).toContain('❌ 3 events of 3 tasks in quiet hours');
    const [fallback = ''] = text.split('delayed by');
    expect(fallback.match(/What to do \(client-output-buffer-limit\): Set/g)).toHaveLength(1);
    expect(fallback.match(/What to do \(MISCONF\): /g)).toHaveLength(1);
  });
});

describe('a digest because of the pace of a chat', () => {
  const MANY = Array.from({ length: 20 }, (_, n) => `task-${n}`);

  it.each(['dingtalk', 'wecom', 'welink', 'slack'])(
    'has the one failure among much that is none whole: %s',
    async (type) => {
      const made = await atNight({ ops: { type } }, MANY);
      for (const id of MANY) made.status(id, 'INCRMIGEATING');
      fail(made, 'task-1');
      const [text = '', ...others] = await textsDuring(made, 'ops', async () =>
        expect(await made.tick()).toMatchObject({ pending: 0, dead: 0 }),
      );
      expect(others).toStrictEqual([]);
      expectInOrder(text, ['FAILED · name of task-1', 'MIGRATION_FAILED']);
      // A message of WeLink has 500 characters.
      if (type === 'welink') return;
      expectInOrder(text, [WORDS.en.cause, 'Also 19 events of 19 tasks:', 'name of task-2']);
    },
  );

  it('has several failures in lines, with what to do', async () => {
    const made = await atNight({ ops: { type: 'dingtalk' } }, MANY);
    for (const id of MANY) made.status(id, 'INCRMIGEATING');
    for (const id of ['task-1', 'task-2']) fail(made, id);
    const [text = ''] = await textsDuring(made, 'ops', () => made.tick());
    expectInOrder(text, [
      '20 events of 20 tasks',
      'FAILED ·',
      'What to do (client-output-buffer-limit): Set',
    ]);
  });
});
