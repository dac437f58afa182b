import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { createCommandLine } from '../support/command-line.ts';
import { ACCESS_KEY, createWorld, PROJECT_ID, SECRET_KEY, SIGNING_SECRET } from '../support/world.ts';
import { parseMetrics } from './support.ts';

/** A Prometheus adds these to what it reads. */
const OF_PROMETHEUS = ['job', 'instance', '__name__'];
/** Grafana divides a row into so many columns. */
const COLUMNS = 24;

const DATASOURCE = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${datasource}') });
const TARGET = z.strictObject({
  datasource: DATASOURCE,
  editorMode: z.literal('code'),
  expr: z.string(),
  legendFormat: z.string(),
  refId: z.string().check(z.regex(/^[A-Z]$/)),
  range: z.boolean(),
  instant: z.boolean(),
  format: z.optional(z.literal('table')),
});
const PLACE = z.strictObject({ x: z.int(), y: z.int(), w: z.int(), h: z.int() });
const OVERRIDE = z.strictObject({
  matcher: z.strictObject({ id: z.literal('byName'), options: z.string() }),
  properties: z.array(z.strictObject({ id: z.string(), value: z.unknown() })),
});
/** The fields of a panel in Grafana's schema of dashboards (kinds/dashboard, version 39). */
const PLOT = z.strictObject({
  id: z.int(),
  type: z.enum(['stat', 'table', 'timeseries']),
  title: z.string(),
  description: z.string(),
  datasource: DATASOURCE,
  gridPos: PLACE,
  targets: z.array(TARGET),
  fieldConfig: z.strictObject({
    defaults: z.looseObject({}),
    overrides: z.array(OVERRIDE),
  }),
  options: z.looseObject({}),
  transformations: z.optional(
    z.array(z.strictObject({ id: z.enum(['merge', 'organize']), options: z.looseObject({}) })),
  ),
});
const ROW = z.strictObject({
  id: z.int(),
  type: z.literal('row'),
  title: z.string(),
  collapsed: z.literal(false),
  gridPos: PLACE,
  panels: z.tuple([]),
});
const VARIABLE = z.looseObject({ name: z.string(), type: z.enum(['datasource', 'query']) });
const DASHBOARD = z.looseObject({
  uid: z.string().check(z.maxLength(40)),
  title: z.string(),
  schemaVersion: z.literal(39),
  panels: z.array(z.union([PLOT, ROW])),
  templating: z.strictObject({ list: z.array(VARIABLE) }),
  annotations: z.strictObject({ list: z.array(z.unknown()) }),
  time: z.strictObject({ from: z.string(), to: z.string() }),
});
const ORGANIZE = z.object({
  excludeByName: z.record(z.string(), z.boolean()),
  indexByName: z.optional(z.record(z.string(), z.int())),
  renameByName: z.record(z.string(), z.string()),
});

const text = readFileSync(new URL('../../deploy/grafana/dashboard.json', import.meta.url), 'utf8');
const dashboard = DASHBOARD.parse(JSON.parse(text));
const plots = dashboard.panels.flatMap((panel) => (panel.type === 'row' ? [] : [panel]));

/** The labels of each metric, as a watcher serves them that has tasks in several phases and a channel in trouble. */
let served: ReadonlyMap<string, ReadonlySet<string>>;

beforeAll(async () => {
  const world = await createWorld({ time: 'real' });
  const folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
  const statuses = ['FULLMIGRATING', 'INCRMIGEATING', 'MIGRATION_FAILED'];
  for (const [at, status] of statuses.entries()) world.status(`task-${at}`, status);
  world.simulator.setStats('task-0', { full_migration_progress: 40 });
  world.simulator.setStats('task-1', { offset: 42, source_dbsize: 10, target_dbsize: 10 });
  world.receiver.answer('/dead', { status: 422 });
  const hook = (path: string) => ({
    type: 'webhook',
    url: world.receiver.url(path),
    secret: SIGNING_SECRET,
    allowInsecure: true,
  });
  const project = {
    id: PROJECT_ID,
    name: 'prod',
    region: 'cn-north-4',
    endpoint: world.simulator.endpoint.href,
    allowInsecure: true,
    credentials: { accessKey: ACCESS_KEY, secretKey: SECRET_KEY },
    tasks: statuses.map((_, at) => `task-${at}`),
  };
  const config = { projects: [project], channels: { good: hook('/good'), dead: hook('/dead') } };
  writeFileSync(join(folder, 'watch.yml'), JSON.stringify(config));
  const line = createCommandLine({ cwd: folder });
  const ended = line.run('watch', '--listen', '127.0.0.1:0');
  await line.printed('tick:');
  const [, port] = /serving http:\/\/\S+:(\d+)\//.exec(line.out()) ?? [];
  const samples = parseMetrics(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
  line.kill('SIGTERM');
  await ended;
  await world.close();
  rmSync(folder, { recursive: true });
  const labels = new Map<string, Set<string>>();
  for (const { name, labels: own } of samples) {
    const known = labels.get(name) ?? new Set();
    for (const label of Object.keys(own)) known.add(label);
    labels.set(name, known);
  }
  served = labels;
});

/** The metrics of a query, each with the labels that it selects by. */
function selectorsIn(query: string): { readonly metric: string; readonly labels: readonly string[] }[] {
  return [...query.matchAll(/(dcs_migration_watch_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, metric = '', inner = '']) => ({
      metric,
      labels: [...inner.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
    }),
  );
}

function labelsOf(metric: string): string[] {
  return [...(served.get(metric) ?? []), ...OF_PROMETHEUS];
}

describe('the dashboard, held against /metrics of a watcher that runs', () => {
  it('selects metrics that are served, by labels that they have', () => {
    for (const { title, targets } of plots) {
      for (const { metric, labels } of targets.flatMap(({ expr }) => selectorsIn(expr))) {
        // Known only while a copy runs at a measured speed, or once something of the kind happened.
        const isRare = /task_remaining_seconds$|failed_ticks_total$|dead_letters_total$/.test(metric);
        if (!isRare) expect([...served.keys()], title).toContain(metric);
        if (served.has(metric))
          expect(labelsOf(metric), `${title}: ${metric}`).toEqual(expect.arrayContaining([...labels]));
      }
    }
  });

  it('groups and names its lines by labels that are there', () => {
    for (const { title, targets } of plots) {
      for (const { expr, legendFormat } of targets) {
        const all = selectorsIn(expr).flatMap(({ metric }) => labelsOf(metric));
        const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, inner = '']) =>
          inner.split(/,\s*/),
        );
        const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label);
        expect(all, title).toEqual(expect.arrayContaining([...grouped, ...named]));
        if (grouped.length > 0) expect(grouped, title).toEqual(expect.arrayContaining(named));
      }
    }
  });

  it('asks for its variables by metrics and labels that are there, and uses no other', () => {
    const names = new Set(dashboard.templating.list.map(({ name }) => name));
    for (const { definition } of dashboard.templating.list) {
      const [, metric = '', label = ''] =
        /^label_values\((\w+)(?:\{[^}]*\})?, (\w+)\)$/.exec(String(definition ?? '')) ?? [];
      if (definition !== undefined) expect(labelsOf(metric)).toContain(label);
    }
    const used = [...text.matchAll(/\$(?:\{(\w+)\}|(\w+))/g)].map(
      ([, braced, plain]) => braced ?? plain ?? '',
    );
    expect(used.filter((name) => !names.has(name) && !name.startsWith('__'))).toEqual([]);
  });

  it('shows columns that its table has', () => {
    for (const { title, targets, transformations = [], fieldConfig } of plots) {
      const organize = transformations.find(({ id }) => id === 'organize');
      if (organize === undefined) continue;
      const { excludeByName, renameByName } = ORGANIZE.parse(organize.options);
      const labels = targets.flatMap(({ expr }) =>
        selectorsIn(expr).flatMap(({ metric }) => labelsOf(metric)),
      );
      const columns = [...labels, 'Time', ...targets.map(({ refId }) => `Value #${refId}`)];
      expect(columns, title).toEqual(
        expect.arrayContaining([...Object.keys(excludeByName), ...Object.keys(renameByName)]),
      );
      const shown = [...columns, ...Object.values(renameByName)];
      expect(shown).toEqual(
        expect.arrayContaining(fieldConfig.overrides.map(({ matcher }) => matcher.options)),
      );
    }
  });
});

describe('the panels of the dashboard', () => {
  it('have ids of their own, and targets too', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { title, targets } of plots) {
      expect(new Set(targets.map(({ refId }) => refId)).size, title).toBe(targets.length);
      for (const { range, instant } of targets) expect(range, title).not.toBe(instant);
    }
  });

  it('lie within the page, and none on another', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      const { x, y, w, h } = gridPos;
      expect(x + w, title).toBeLessThanOrEqual(COLUMNS);
      for (let column = x; column < x + w; column += 1) {
        for (let line = y; line < y + h; line += 1) {
          expect(taken.get(`${column} ${line}`), title).toBeUndefined();
          taken.set(`${column} ${line}`, title);
        }
      }
    }
  });
});
