import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { createMonitor } from '../../lib/server/monitor.ts';
import { AT, task } from '../page/samples.ts';
import { createTestClock } from '../support/clock.ts';
import { tableOf } from '../support/markdown.ts';
import { reportOf } from './support.ts';

const PREFIX = 'dcs_migration_watch_';
const RULES = 'deploy/prometheus/alerts.yml';
const DASHBOARD = 'deploy/grafana/dashboard.json';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const run = promisify(execFile);

/** The names of all metrics, without the prefix, with the type of each. */
async function served(): Promise<ReadonlyMap<string, string>> {
  const text = await (await createMonitor(createTestClock())).metrics(undefined);
  const names = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  return new Map(names.map(([, name = '', type = '']) => [name.replace(PREFIX, ''), type]));
}

/** The metrics that a text speaks of. A histogram has three series. */
function namesIn(text: string): Set<string> {
  const names = [...text.matchAll(/dcs_migration_watch_(\w+)/g)].map(([, name = '']) => name);
  return new Set(names.map((name) => name.replace(/_(?:bucket|sum|count)$/, '')));
}

const PANEL = z.object({
  type: z.string(),
  title: z.string(),
  targets: z.optional(z.array(z.object({ expr: z.string() }))),
});
const PANELS = z.object({
  panels: z.array(PANEL),
  templating: z.object({ list: z.array(z.object({ definition: z.optional(z.string()) })) }),
});
const ALERTS = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['critical', 'warning', 'info']) }),
          annotations: z.object({
            summary: z.string(),
            description: z.string(),
            runbook_url: z.string(),
          }),
        }),
      ),
    }),
  ),
});
const alerts = () => ALERTS.parse(parse(read(RULES))).groups.flatMap(({ rules }) => rules);

describe('docs/operating.md', () => {
  it('has every metric in its table, and no other', async () => {
    const rows = tableOf(read('docs/operating.md'), 'metrics');
    const named = rows.flatMap(([names = '']) => [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(named.toSorted()).toEqual([...(await served()).keys()].toSorted());
  });
});

describe('the alert rules', () => {
  it('use metrics that are served', async () => {
    const names = await served();
    for (const { alert, expr } of alerts()) {
      const used = [...namesIn(expr)];
      expect(used.length, alert).toBeGreaterThan(0);
      expect(
        used.filter((name) => !names.has(name)),
        alert,
      ).toEqual([]);
    }
  });

  it('say what to do, in a section that is there', () => {
    const page = read('docs/operating.md');
    for (const { annotations } of alerts()) {
      const [file, anchor] = annotations.runbook_url.split('#');
      expect(file).toBe('docs/operating.md');
      expect(page).toContain(`<a id="${anchor}"></a>`);
    }
  });

  it('have a test each', () => {
    const tests = read('deploy/prometheus/alerts.test.yml');
    for (const { alert } of alerts()) {
      expect(tests).toMatch(new RegExp(`alertname: ${alert}, exp_alerts: \\[\\]|alertname: ${alert}\\n`));
      expect(tests).toMatch(new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n`));
    }
  });
});

describe('the dashboard', () => {
  it('queries metrics that are served, in every panel', async () => {
    const names = await served();
    const { panels, templating } = PANELS.parse(JSON.parse(read(DASHBOARD)));
    const plots = panels.filter(({ type }) => type !== 'row');
    expect(plots.length).toBeGreaterThan(15);
    for (const { title, targets = [] } of plots) {
      expect(targets.length, title).toBeGreaterThan(0);
      const used = targets.flatMap(({ expr }) => [...namesIn(expr)]);
      expect(used.length, title).toBeGreaterThanOrEqual(targets.length);
      expect(
        used.filter((name) => !names.has(name)),
        title,
      ).toEqual([]);
    }
    const variables = templating.list.flatMap(({ definition }) => definition ?? []);
    expect(variables.flatMap((query) => [...namesIn(query)]).filter((name) => !names.has(name))).toEqual([]);
  });

  it('shows every metric but those that are about the answer itself', async () => {
    const shown = namesIn(read(DASHBOARD));
    const silent = new Set([
      'state_readable',
      'ticks_total',
      'tasks_left_out',
      'task_failing',
      'channel_broken',
    ]);
    expect([...(await served()).keys()].filter((name) => !shown.has(name) && !silent.has(name))).toEqual([]);
  });
});

/** CI installs the Debian package `prometheus`; where it is not, its tests are named as left out. */
const isThere = await run('promtool', ['--version']).then(
  () => true,
  () => false,
);
const isLeftOut = process.env['PROMTOOL_REQUIRED'] === undefined && !isThere;

describe.skipIf(isLeftOut)('promtool', () => {
  it('takes the rules, the scrape configuration and the tests of the rules for good', async () => {
    const cwd = resolve('deploy/prometheus');
    await run('promtool', ['check', 'rules', 'alerts.yml'], { cwd });
    await run('promtool', ['check', 'config', 'prometheus.yml'], { cwd });
    await run('promtool', ['test', 'rules', 'alerts.test.yml'], { cwd });
  });

  it('finds nothing to improve in the metrics', async () => {
    const one = await createMonitor(createTestClock());
    one.observe({ kind: 'tick', ...reportOf() });
    const hostile = { ...task('a'), name: 'a"} 1\n\\ 订单 \ud800' };
    const known = { tasks: [hostile], groups: [], projects: [], channels: [], mutes: [], problems: [] };
    const checking = run('promtool', ['check', 'metrics']);
    checking.child.stdin?.end(await one.metrics({ at: AT, ...known }));
    expect(await checking).toEqual({ stdout: '', stderr: '' });
  });

  it('reads every query of the dashboard', async () => {
    const { panels } = PANELS.parse(JSON.parse(read(DASHBOARD)));
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const rules = queries.map((expr, i) => ({
      record: `query:${i}`,
      expr: expr.replaceAll('$__rate_interval', '5m'),
    }));
    const file = join(await mkdtemp(join(tmpdir(), 'dcs-migration-watch-rules-')), 'rules.yml');
    await writeFile(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }));
    await run('promtool', ['check', 'rules', file]);
  });
});
