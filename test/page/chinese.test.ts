import { describe, expect, it } from 'vitest';
import { reportPage } from '../../lib/page/report-page.ts';
import { statusPage } from '../../lib/page/status-page.ts';
import { ticks, world } from '../poll/support.ts';
import { historyIn, statusIn } from '../status/support.ts';
import { textOf } from './support.ts';

const ZH = { language: 'zh', timeZone: 'Asia/Shanghai' } as const;

describe('pages in Chinese', () => {
  it('show events that arrived, and those that are pending, in Chinese', async () => {
    const made = await world({ channels: { ops: { type: 'slack' }, cutover: { type: 'webhook' } } });
    made.status('task-1', 'FULLMIGRATING');
    await ticks(made, 3);
    made.receiver.answer('/ops', { status: 503 });
    made.receiver.answer('/cutover', { status: 503 });
    made.status('task-1', 'INCRMIGEATING');
    await ticks(made, 3);
    const read = await historyIn(made, 'task-1');
    if (read.kind !== 'history') throw new Error('there is no history');
    const pages = [await statusPage(await statusIn(made), ZH), await reportPage(read.history, ZH)];
    for (const page of pages) {
      const text = textOf(page);
      expect(text).toContain('开始监控，状态 FULLMIGRATING（全量迁移中）');
      expect(text).not.toMatch(/now watched|synchronisation|replication/);
    }
  });

  it('say in Chinese why a delivery waits, and why one was given up', async () => {
    const made = await world({ channels: { ops: { type: 'slack' }, cutover: { type: 'webhook' } } });
    made.status('task-1', 'FULLMIGRATING');
    await ticks(made, 3);
    made.receiver.answer('/ops', { status: 404, body: 'no_service' });
    made.receiver.answer('/cutover', { status: 400 });
    made.status('task-1', 'INCRMIGEATING');
    await ticks(made, 3);
    const read = await historyIn(made, 'task-1');
    if (read.kind !== 'history') throw new Error('there is no history');
    const text = textOf(await reportPage(read.history, ZH));
    expect(text).toContain('被拒收');
    expect(text).toContain('Webhook 已被删除或停用；请新建');
    expect(text).not.toMatch(/refused|disabled/i);
  });

  it('repeat no English name of an event', async () => {
    const made = await world({ channels: { cutover: { type: 'webhook' } } });
    made.receiver.answer('/cutover', { status: 422 });
    made.status('task-1', 'FULLMIGRATING');
    await ticks(made, 2);
    const read = await historyIn(made, 'task-1');
    if (read.kind !== 'history') throw new Error('there is no history');
    const { history } = read;
    const forgotten = history.events.map(({ facts: _facts, ...event }) => ({
      ...event,
      summary: 'first seen',
      isWordless: true as const,
    }));
    const page = textOf(await reportPage({ ...history, events: forgotten }, ZH));
    expect(page).toContain('被拒收');
    expect(page).not.toMatch(/refused|first seen/);
  });
});
