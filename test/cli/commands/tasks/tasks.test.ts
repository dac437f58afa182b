import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../../lib/base/columns.ts';
import { realisticAnswer, SIMULATED_REQUEST_ID } from '../../../../lib/simulator/answers.ts';
import type { FaultName } from '../../../../lib/simulator/faults.ts';
import { sample } from '../../../dcs/samples.ts';
import { ENV, PROJECT, TASK, useBench } from './support.ts';

const bench = useBench();
const ESC = '\u001b';
const NASTY = `evil ${ESC}[31mname\n\u202e<!channel>`;

function columnsIn(text: string): number {
  return Math.max(...text.split('\n').map(columnsOf));
}

describe('tasks list', () => {
  it('has every task of the project, in the names of the API with --json', async () => {
    const { simulator, run } = bench();
    for (let i = 0; i < 25; i += 1)
      simulator.setTask(`list-${i}`, realisticAnswer('SUCCESS', { task_name: `t${i}` }));
    const { code, out } = await run('list', '--json');
    expect(code).toBe(0);
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({ count: 25 });
    expect(answer.migration_tasks[7]).toMatchObject({
      task_id: 'list-7',
      task_name: 't7',
      source_instance_spec_code: 'redis.ha.xu1.large.r2.1',
    });
    const { out: table } = await run('list');
    expect(table.split('\n')[0]).toMatch(/^ID +NAME +STATUS +PHASE +MODE +SOURCE +→ TARGET +CREATED$/);
    expect(table).toMatch(
      /^list-24 +t24 +SUCCESS +succeeded +incr +orders-old +→ orders-new +2026-01-05 02:10:11 UTC$/m,
    );
    expect(table).toMatch(/^25 tasks$/m);
  });

  it('says that there are none', async () => {
    const { run } = bench();
    expect(await run('list', '--name', 'no such name')).toMatchObject({
      code: 0,
      out: `There are no migration tasks in project ${PROJECT}.\n`,
    });
  });

  it.each([40, 80, 120, 200])('fits a terminal of %i columns', async (columns) => {
    const { simulator, here, runIn } = bench();
    simulator.setTask(TASK, realisticAnswer('FULLMIGRATING', { task_name: NASTY.repeat(9) }));
    const { out } = await runIn({ isTTY: true, columns, env: { ...ENV, NO_COLOR: '1' } }, 'list', ...here);
    expect(columnsIn(out)).toBeLessThanOrEqual(columns);
    expect(out).not.toContain(ESC);
  });
});

describe('the table of tasks list', () => {
  const LONG = '订单缓存与购物车会话数据迁移任务（生产环境）';
  const ids = [
    'a276c1ffa0a54c2597fc824b917db317',
    'a276c1ff00000000000000000000000f',
    '8aa6999e7d10a4c2017d5b9e0f3377c5',
  ];

  function listed() {
    const made = bench();
    for (const [at, id] of ids.entries()) {
      const status = ['INCRMIGEATING', 'FULLMIGRATING', 'MIGRATION_FAILED'][at] ?? '';
      const name = [LONG, 'orders-cache-of-the-production-environment-with-a-very-long-name', 'x'][at];
      made.simulator.setTask(
        id,
        realisticAnswer(status, {
          task_name: name,
          migration_type: at === 2 ? 'backupfile_import' : 'online_migration',
          migration_method: at === 0 ? 'incremental_migration' : 'full_amount_migration',
        }),
      );
    }
    const show = (columns: number, ...args: readonly string[]) =>
      made.runIn({ isTTY: true, columns, env: { ...ENV, NO_COLOR: '1' } }, ...args, ...made.here);
    return { ...made, show };
  }

  it.each([
    [80, ['ID', 'NAME', 'STATUS', 'MODE', 'SOURCE', '→ TARGET']],
    [100, ['ID', 'NAME', 'STATUS', 'MODE', 'SOURCE', '→ TARGET']],
    [240, ['ID', 'NAME', 'STATUS', 'PHASE', 'MODE', 'SOURCE', '→ TARGET', 'CREATED']],
  ])('has one line for each task in %i columns, whatever it is called', async (columns, headings) => {
    const { show } = listed();
    const { out } = await show(columns, 'list');
    const lines = out.split('\n');
    expect(lines[0]?.split(/ {2,}/)).toEqual(headings);
    const mine = lines.filter((line) => ids.some((id) => line.startsWith(id.slice(0, 8))));
    expect(mine).toHaveLength(ids.length);
    const places = new Set(mine.map((line) => columnsIn(line.slice(0, line.indexOf('→')))));
    expect(places.size).toBe(1);
    expect(columnsIn(out)).toBeLessThanOrEqual(columns);
  });

  it('shows as much of an id as is unambiguous, and the other commands know it by that', async () => {
    const { show } = listed();
    const { out } = await show(80, 'list');
    expect(out).toMatch(/^a276c1ffa +订单/m);
    expect(out).toMatch(/^8aa6999e +x +MIGRATION_FAILED +backup /m);
    expect((await show(80, 'show', 'a276c1ffa')).out).toContain('a276c1ffa0a54c2597fc824b917db317');
    expect(await show(80, 'stats', '8aa6')).toMatchObject({ code: 0 });
    expect(await show(80, 'show', 'a276c1ff')).toMatchObject({
      code: 2,
      err: expect.stringContaining('several tasks begin with a276c1ff: a276c1ff'),
    });
    expect(await show(80, 'wait', '8aa6999e', '--for', 'failed', '--timeout', '0s')).toMatchObject({
      code: 0,
    });
  });
});

describe('tasks show', () => {
  it('shows every documented field that the service gave, and no password', async () => {
    const { simulator, run } = bench();
    const answer = JSON.parse(sample('incremental-exchanging-ip').body);
    simulator.setTask(TASK, { ...answer, task_id: TASK });
    const { code, out } = await run('show', TASK);
    expect(code).toBe(0);
    const flat = out.replace(/\s+/g, ' ');
    for (const value of valuesIn(answer)) expect(flat).toContain(shownAs(value));
    expect(out.match(/Password +\(hidden\)/g)).toHaveLength(2);
    expect(out).toMatch(/IP switch +EXCHANGING/);
    expect(columnsIn(out)).toBeLessThanOrEqual(80);
  });

  it('shows the files of a backup import', async () => {
    const { simulator, run } = bench();
    const answer = JSON.parse(sample('backup-success-obs').body);
    simulator.setTask(TASK, { ...answer, task_id: TASK });
    const { out } = await run('show', TASK);
    const flat = out.replace(/\s+/g, ' ');
    for (const value of valuesIn(answer.backup_files)) expect(flat).toContain(shownAs(value));
  });

  it('is the answer in the names of the API with --json', async () => {
    const { simulator, run } = bench();
    simulator.setTask(TASK, realisticAnswer('FULLMIGRATING'));
    const { out } = await run('show', TASK, '--json');
    const { source_instance, ...rest } = JSON.parse(out);
    expect(rest).toMatchObject({
      task_id: TASK,
      status: 'FULLMIGRATING',
      bandwidth_limit_mb: '50',
      task_status: null,
    });
    expect(source_instance).toEqual({
      addrs: '192.168.1.2:6379',
      id: '7c1f0f3a-52f1-49a8-9b1c-2f7b6d0e9a11',
      ip: '192.168.1.2',
      port: '6379',
      name: 'orders-old',
      proxy_multi_db: false,
      db: null,
      withProxy: false,
    });
  });

  it('says what a status means that reads like something else', async () => {
    const { simulator, run } = bench();
    simulator.setTask(TASK, realisticAnswer('RUNNING'));
    expect((await run('show', TASK)).out).toMatch(/Phase +configuring: it waits to be configured/);
    simulator.setTask(TASK, realisticAnswer('SHUFFLING'));
    expect((await run('show', TASK)).out).toMatch(/Phase +unknown: no document names this status/);
  });

  it('adds the figures while data moves, and the reason of a failure', async () => {
    const { simulator, run } = bench();
    simulator.setTask(TASK, realisticAnswer('INCRMIGEATING'));
    expect((await run('show', TASK)).out).toMatch(/Lag \(offset\) +42\n/);
    simulator.setTask(TASK, realisticAnswer('FAILED'));
    simulator.setListed(TASK, { error_message: 'Failed to connect to the target instance.' });
    simulator.setLogs(TASK, [
      { log_level: 'ERROR', message: 'no route', created_at: '2026-01-05T02:10:11.508Z' },
    ]);
    const { out } = await run('show', TASK);
    expect(out).toMatch(/Error\n +Message +Failed to connect to the target instance\./);
    expect(out).toMatch(/Log +2026-01-05 02:10:11 UTC no route/);
  });

  it('shows the task, too, where the other calls are refused', async () => {
    const { simulator, run } = bench();
    simulator.setTask(TASK, realisticAnswer('INCRMIGEATING'));
    simulator.deny('stats');
    const { code, out } = await run('show', TASK);
    simulator.allow('stats');
    expect(code).toBe(0);
    expect(out.replace(/\s+/g, ' ')).toContain(
      'Progress Not known HTTP 403 DCS.2007: the access key has no permission',
    );
  });

  it('says of a success that the list does not have that it was deleted', async () => {
    const { simulator, run } = bench();
    simulator.setTask('deleted', realisticAnswer('SUCCESS'));
    simulator.setListed('deleted', null);
    expect((await run('show', 'deleted')).out).toMatch(
      /Success +the list of tasks does not have it: it was deleted/,
    );
    simulator.setListed('deleted', {});
    expect((await run('show', 'deleted')).out).toMatch(/Success +the list of tasks has it, too/);
  });

  it('prints nasty names as harmless text', async () => {
    const { simulator, run } = bench();
    simulator.setTask(
      TASK,
      realisticAnswer('CREATING', { task_name: NASTY, description: `${ESC}]8;;http://x${ESC}\\` }),
    );
    const { out } = await run('show', TASK);
    expect(out).toMatch(/Name +evil {2}\[31mname <!channel>/);
    for (const character of [ESC, '\u202e']) expect(out).not.toContain(character);
  });
});

describe('tasks stats', () => {
  it('shows the figures', async () => {
    const { simulator, run } = bench();
    simulator.setTask(TASK, realisticAnswer('INCRMIGEATING'));
    expect((await run('stats', TASK)).out.split('\n')).toEqual([
      'Full copy          100 %',
      'Lag (offset)       42',
      'Keys at source     120034',
      'Keys at target     120031',
      'Target input       12 KB/s',
      'Target operations  830 per second',
      'Migrating          yes',
      '',
    ]);
    expect(JSON.parse((await run('stats', TASK, '--json')).out)).toEqual({
      full_migration_progress: '100',
      offset: '42',
      source_dbsize: '120034',
      target_dbsize: '120031',
      target_input_kbps: '12',
      target_ops: '830',
      is_migrating: true,
    });
  });
});

describe('tasks logs', () => {
  const LINES = [
    {
      created_at: '2026-01-05T02:10:11.508Z',
      log_level: 'INFO',
      message: 'begun',
      log_code: 'LOG.0001',
      keyword: [],
    },
    {
      created_at: '2026-01-05T02:11:00.000Z',
      log_level: 'ERROR',
      message: `no ${ESC}[2Jroute`,
      log_code: 'LOG.0002',
      keyword: ['10.0.0.1:6379'],
    },
  ];

  it('shows every line, or those of one level', async () => {
    const { simulator, run } = bench();
    simulator.setTask(TASK, realisticAnswer('FAILED'));
    simulator.setLogs(TASK, LINES);
    expect((await run('logs', TASK)).out).toBe(
      '2026-01-05 02:10:11 UTC INFO  begun [LOG.0001]\n' +
        '2026-01-05 02:11:00 UTC ERROR no  [2Jroute [LOG.0002] (10.0.0.1:6379)\n',
    );
    expect(JSON.parse((await run('logs', TASK, '--level', 'INFO', '--json')).out)).toEqual({
      log_num: 1,
      migration_logs: [LINES[0]],
    });
    simulator.setLogs(TASK, []);
    expect((await run('logs', TASK)).out).toBe('The log is empty.\n');
  });

  it('refuses a level that there is not', async () => {
    expect(await bench().run('logs', TASK, '--level', 'FATAL')).toMatchObject({ code: 2 });
  });
});

describe('a refusal', () => {
  const ROWS: readonly (readonly [FaultName, string])[] = [
    ['task not found', 'HTTP 400 DCS.4133: there is no such task.'],
    ['key unknown', 'HTTP 401 APIGW.0301: signature refused. The access key does not exist.'],
    ['signature refused', 'HTTP 401 APIGW.0301: signature refused. Check the access key'],
    ['policy denies', 'HTTP 403 DCS.2007: the access key has no permission to read migration tasks.'],
    ['user on black list', 'HTTP 403 APIGW.0302:'],
    ['API not published', 'HTTP 404 APIGW.0101: this host does not serve the DCS API.'],
    ['throttled for 7 s', 'HTTP 429 APIGW.0308: too many requests.'],
    ['internal error', 'HTTP 500 DCS.5000: DCS reported an internal error.'],
    ['bad gateway', 'HTTP 502: a gateway or proxy in between failed.'],
    ['HTML instead of JSON', 'HTTP 200: the answer is not JSON.'],
  ];

  it.each(ROWS)(
    'prints HTTP status, code, message and request id, and ends with 1: %s',
    async (fault, words) => {
      const { simulator, run } = bench();
      simulator.fault(fault);
      const { code, out, err } = await run('show', TASK);
      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err.startsWith(`dcs-migration-watch: ${words}`), err).toBe(true);
      expect(err).toContain(`(request id ${SIMULATED_REQUEST_ID})`);
    },
  );

  it('is JSON with --json, too', async () => {
    const { simulator, run } = bench();
    simulator.fault('policy denies');
    const { out } = await run('list', '--json');
    expect(JSON.parse(out)).toMatchObject({
      error: {
        httpStatus: 403,
        code: 'DCS.2007',
        requestId: SIMULATED_REQUEST_ID,
        message: expect.any(String),
      },
    });
  });

  it('of a private address says which option permits it', async () => {
    const { here, runIn } = bench();
    const { code, err } = await runIn({}, 'list', ...here.filter((option) => option !== '--allow-insecure'));
    expect(code).toBe(2);
    expect(err).toContain('--endpoint must be https (--allow-insecure permits it)');
  });
});

describe('the project of a tasks command', () => {
  it('needs its region and id without a configuration', async () => {
    const { runIn } = bench();
    expect((await runIn({}, 'show', TASK)).err).toMatch(
      /which project\? Name it with --region .* --project-id/,
    );
    expect((await runIn({}, 'show', TASK, '--region', 'cn-north-4')).err).toContain(
      '--project-id is missing',
    );
    expect((await runIn({}, 'show', TASK, '--region', 'cn-nort-4', '--project-id', 'x')).err).toContain(
      'did you mean cn-north-4?',
    );
  });

  it('names every source of a key that was tried', async () => {
    const { code, err } = await bench().runIn(
      { env: {} },
      'list',
      '--region',
      'cn-north-4',
      '--project-id',
      'x',
    );
    expect(code).toBe(2);
    expect(err).toContain(
      'HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK; CLOUD_SDK_AK and CLOUD_SDK_SK; HW_ACCESS_KEY and HW_SECRET_KEY',
    );
  });

  it('says which half of a pair of variables is missing, also where another pair is used', async () => {
    const { here, runIn } = bench();
    const half = { HUAWEICLOUD_SDK_AK: 'x', TZ: 'UTC' };
    const alone = await runIn({ env: half }, 'list', '--region', 'cn-north-4', '--project-id', 'x');
    expect(alone).toMatchObject({
      code: 2,
      err: expect.stringContaining('(HUAWEICLOUD_SDK_AK is set but HUAWEICLOUD_SDK_SK is not)'),
    });
    expect(await runIn({ env: { ...ENV, HW_SECRET_KEY: 'y' } }, 'list', ...here)).toMatchObject({
      code: 0,
      err: 'dcs-migration-watch: HW_SECRET_KEY is set but HW_ACCESS_KEY is not; another pair of variables is used\n',
    });
  });

  it('says so with a configuration, too, whose keys come from the environment', async () => {
    const { simulator, folder, runIn } = bench();
    const file = join(folder, 'keys.yml');
    const project = {
      id: PROJECT,
      region: 'cn-north-4',
      endpoint: simulator.endpoint.href,
      allowInsecure: true,
      discover: true,
    };
    const channels = { ops: { type: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x' } };
    writeFileSync(file, JSON.stringify({ projects: [project], channels }));
    const env = { ...ENV, HUAWEICLOUD_SDK_SK: 'y' };
    const words =
      'HUAWEICLOUD_SDK_SK is set but HUAWEICLOUD_SDK_AK is not; another pair of variables is used';
    expect((await runIn({ env }, 'list', '--config', file)).err).toBe(`dcs-migration-watch: ${words}\n`);
  });

  it('decides the zone of times, and gives its tasks their names', async () => {
    const { simulator, folder, runIn } = bench();
    simulator.setTask(TASK, realisticAnswer('FAILED', { updated_at: '2019/10/22 14:44:30' }));
    simulator.setLogs(TASK, [{ log_level: 'INFO', message: 'm', created_at: '2026-01-05T02:10:11.508Z' }]);
    const file = join(folder, 'zoned.yml');
    const project = {
      id: PROJECT,
      region: 'cn-north-4',
      endpoint: simulator.endpoint.href,
      allowInsecure: true,
      tasks: [{ id: TASK, name: 'our name' }],
    };
    const channels = { ops: { type: 'slack', url: 'https://hooks.slack.com/services/T0/B0/x' } };
    const settings = { timeZone: 'Asia/Shanghai' };
    writeFileSync(file, JSON.stringify({ projects: [project], channels, settings }));
    const { out } = await runIn({}, 'show', 'our name', '--config', file);
    expect(out).toMatch(/Created +2026-01-05 10:10:11 UTC\+8$/m);
    expect(out).toMatch(/Completed +2019\/10\/22 14:44:30 \(DCS does not say in which zone\)$/m);
    expect((await runIn({}, 'logs', TASK, '--config', file)).out).toBe('2026-01-05 10:10:11 UTC+8 INFO  m\n');
    const { out: json } = await runIn({}, 'show', TASK, '--config', file, '--json');
    expect(JSON.parse(json)).toMatchObject({ created_at: '2026-01-05T02:10:11.508Z' });
    expect((await runIn({}, 'list', '--config', file)).out).toContain(' 2026-01-05 10:10:11 UTC+8\n');
  });

  it('knows its tasks by the names that DCS has for them', async () => {
    const { simulator, run } = bench();
    simulator.setTask(TASK, realisticAnswer('FULLMIGRATING', { task_name: 'carts of today' }));
    expect((await run('show', 'carts of today')).out).toContain(TASK);
    expect(await run('wait', 'carts of today', '--for', 'full')).toMatchObject({ code: 0 });
    const missing = await run('show', 'carts of yesterday');
    expect(missing).toMatchObject({
      code: 1,
      err: expect.stringContaining('tasks list shows the ids and names'),
    });
  });

  it('is the one of the configuration, or the one that --project names', async () => {
    const { simulator, folder, runIn } = bench();
    simulator.setTask(TASK, realisticAnswer('FULLMIGRATING'));
    const entry = (name: string, id: string, task = TASK) =>
      `  - { id: ${id}, name: ${name}, region: cn-north-4, endpoint: "${simulator.endpoint}", allowInsecure: true, tasks: [${task}] }`;
    const channels = 'channels: { ops: { type: slack, url: "https://hooks.slack.com/services/T0/B0/x" } }';
    const file = join(folder, 'one.yml');
    writeFileSync(file, `projects:\n${entry('prod', PROJECT)}\n${channels}\n`);
    expect((await runIn({}, 'show', TASK, '--config', file)).code).toBe(0);

    const other = entry('test', 'b'.repeat(32), 'c'.repeat(32));
    writeFileSync(file, `projects:\n${entry('prod', PROJECT)}\n${other}\n${channels}\n`);
    expect((await runIn({}, 'show', TASK, '--config', file)).code).toBe(0);
    expect(await runIn({}, 'list', '--config', file)).toMatchObject({
      code: 2,
      err: expect.stringContaining('which project? Name it with --project: prod, test'),
    });

    writeFileSync(
      file,
      `projects:\n${entry('prod', PROJECT)}\n${entry('test', 'b'.repeat(32))}\n${channels}\n`,
    );
    const which = await runIn({}, 'show', TASK, '--config', file);
    expect(which).toMatchObject({
      code: 2,
      err: expect.stringContaining('which project? Name it with --project: prod, test'),
    });
    expect((await runIn({}, 'show', TASK, '--config', file, '--project', 'prod')).code).toBe(0);
    expect((await runIn({}, 'show', TASK, '--config', file, '--project-id', PROJECT)).code).toBe(0);
    const mistyped = await runIn({}, 'show', TASK, '--config', file, '--project', 'prdo');
    expect(mistyped).toMatchObject({ code: 2, err: expect.stringContaining('did you mean prod?') });
  });
});

/** Times that say their zone are shown in that of the readers. */
function shownAs(value: string): string {
  return value.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)\.\d+Z$/, '$1 $2 UTC');
}

/** The texts in an answer but for passwords. */
function valuesIn(answer: unknown): string[] {
  if (typeof answer === 'string' && answer !== '') return [answer];
  if (typeof answer !== 'object' || answer === null) return [];
  return Object.entries(answer).flatMap(([name, value]) =>
    name === 'password' || name === 'task_id' ? [] : valuesIn(value),
  );
}
