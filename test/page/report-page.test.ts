import { describe, expect, it } from 'vitest';
import { spanOf } from '../../lib/page/report/course.ts';
import { reportPage } from '../../lib/page/report-page.ts';
import { AT, before, history, TEN, task } from './samples.ts';
import { HOSTILE, textOf, withTexts } from './support.ts';

const EN = { language: 'en', timeZone: 'UTC' } as const;
const ZH = { language: 'zh', timeZone: 'Asia/Shanghai' } as const;

describe('the report of a migration', () => {
  it('shows its phases with their lengths', async () => {
    const page = await reportPage(history(), EN);
    const text = textOf(page).replaceAll(/\n+/g, ' ');
    expect(text).toContain('2 full synchronisation FULLMIGRATING 03:50 09:20 5 h 30 min');
    expect(text).toContain('3 incremental replication INCRMIGEATING 09:20 5 h 10 min');
    expect(page).toContain(
      'aria-label="Phases from 2026-01-06 03:35 UTC to 2026-01-06 14:30 UTC: being created 15 min, full synchronisation 5 h 30 min, incremental replication 5 h 10 min"',
    );
  });

  it('draws progress, lag and key counts on one axis of time, each with its figures in words', async () => {
    const page = await reportPage(history(), EN);
    const labels = [...page.matchAll(/role="img" aria-label="([^"]*)"/g)].map(
      ([, label = '']) => label.split(' ')[0],
    );
    expect(labels).toStrictEqual(['Phases', 'Progress', 'Lag', 'Key']);
    expect(page).toContain('log scale');
  });

  it('shows the deliveries that arrived, are pending, or were given up', async () => {
    const text = textOf(await reportPage(history(), EN)).replaceAll(/\s+/g, ' ');
    expect(text).toContain('✓ ops delivered 13:48');
    expect(text).toContain(
      '… cutover pending · 4 attempts · next try 14:43 · HTTP 410: the hook was deleted',
    );
    expect(text).toContain('✕ old-hook given up 14:20 · 9 attempts · HTTP 404');
  });

  it('says so where nothing is known yet', async () => {
    const text = textOf(
      await reportPage(
        { at: AT, task: task('new', { figures: [] }), phases: [], figures: [], events: [] },
        EN,
      ),
    );
    expect(text).toContain('No figures are stored yet.');
    expect(text).toContain('No event is stored.');
  });

  it.each(HOSTILE)('takes every name as text: %s', async (_title, hostile) => {
    const all = withTexts(history(), (_path, text) => (text === AT ? text : hostile.slice(0, 200)));
    await expect(reportPage(all, ZH).then(textOf)).resolves.toBeTypeOf('string');
  });
});

describe('the time that a report shows', () => {
  it('goes on until now while a migration runs', () => {
    expect(spanOf(history())).toStrictEqual({ from: Date.parse(before(655)), to: Date.parse(AT) });
  });

  it('ends a little after the end of a migration, however long ago that is', () => {
    const ended = history(TEN[7]);
    const [first, second] = ended.phases;
    const phases = [
      ...(first && second ? [first, { ...second, to: before(600) }] : []),
      { phase: 'succeeded' as const, status: 'SUCCESS', from: before(600) },
    ];
    const { from, to } = spanOf({ ...ended, phases, figures: [], events: [] });
    expect(from).toBe(Date.parse(before(655)));
    expect(to - from).toBe(Math.round(55 * 60_000 * 1.04));
  });
});
