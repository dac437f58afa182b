import { describe, expect, it } from 'vitest';
import { realisticAnswer, SIMULATED_REQUEST_ID } from '../../../../../lib/simulator/answers.ts';
import { createCommandLine } from '../../../../support/command-line.ts';
import { ENV, expectNoSecret, TASK, useBench } from '../support.ts';

const bench = useBench();

describe('tasks wait', () => {
  it('prints a line for each change and for the end, and ends with 0', async () => {
    const { simulator, folder, here } = bench();
    simulator.play(TASK, { answers: ['RUNNING', 'FULLMIGRATING'].map((status) => realisticAnswer(status)) });
    const line = createCommandLine({ cwd: folder, env: ENV });
    const running = line.run('tasks', 'wait', TASK, '--for', 'full', '--interval', '1s', ...here);
    await line.printed('now watched');
    simulator.advance();
    const { code, out, err } = await running;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {3}info: orders-cache: now watched, status RUNNING/,
    );
    expect(lines[3]).toMatch(/Z {3}orders-cache: full is reached: full \(FULLMIGRATING\)$/);
  });

  it('prints JSON lines with --json, the end last', async () => {
    const { simulator, run } = bench();
    simulator.setTask(TASK, realisticAnswer('MIGRATION_FAILED'));
    const { code, out, err } = await run(
      'wait',
      TASK,
      '--for',
      'ready,succeeded',
      '--for',
      'stopped',
      '--json',
    );
    expect({ code, err }).toEqual({ code: 1, err: '' });
    const lines: Record<string, unknown>[] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      expect.objectContaining({
        kind: 'change',
        type: 'dcs.migration.first_seen',
        task: TASK,
        status: 'MIGRATION_FAILED',
        phase: 'failed',
        severity: 'failure',
      }),
      {
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        task: TASK,
        status: 'MIGRATION_FAILED',
        phase: 'failed',
        kind: 'end',
        end: 'over',
        exit: 1,
        message: 'orders-cache: it ended as failed (MIGRATION_FAILED)',
      },
    ]);
  });

  it('ends with 3 when the time is over, also in the middle of a look', async () => {
    const { simulator, run } = bench();
    simulator.setTask(TASK, realisticAnswer('FULLMIGRATING'));
    simulator.fault('drip', 2);
    const started = performance.now();
    const { code, err } = await run('wait', TASK, '--for', 'succeeded', '--timeout', '1s');
    expect({ code, err }).toEqual({
      code: 3,
      err: `dcs-migration-watch: ${TASK}: not reached within 1s: not seen yet\n`,
    });
    expect(simulator.fired.drip).toBeGreaterThan(0);
    expect(performance.now() - started).toBeLessThan(9000);
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends in peace with a line on %s', async (signal, code) => {
    const { simulator, folder, here } = bench();
    simulator.setTask(TASK, realisticAnswer('FULLMIGRATING'));
    const line = createCommandLine({ cwd: folder, env: ENV });
    const running = line.run('tasks', 'wait', TASK, '--for', 'succeeded', ...here);
    await line.printed('now watched');
    line.kill(signal);
    const ran = await running;
    expectNoSecret(ran);
    expect(ran).toMatchObject({
      code,
      err: `dcs-migration-watch: orders-cache: the wait was stopped (${signal}): full (FULLMIGRATING)\n`,
    });
  });

  it('ends with 1 at once when the key is refused, and says so once', async () => {
    const { simulator, run } = bench();
    simulator.setTask(TASK, realisticAnswer('FULLMIGRATING'));
    simulator.fault('signature refused');
    const { code, out, err } = await run('wait', TASK, '--for', 'succeeded');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^dcs-migration-watch: HTTP 401 APIGW\.0301: signature refused\./);
    expect(err).toContain(`(request id ${SIMULATED_REQUEST_ID})`);
    simulator.fault('signature refused');
    const { out: json } = await run('wait', TASK, '--for', 'succeeded', '--json');
    expect(JSON.parse(json)).toMatchObject({
      kind: 'end',
      end: 'refused',
      httpStatus: 401,
      code: 'APIGW.0301',
      requestId: SIMULATED_REQUEST_ID,
      exit: 1,
    });
  });

  it('says what to check when there is no such task', async () => {
    const { code, err } = await bench().run('wait', 'nope', '--for', 'gone', '--interval', '1s');
    expect(code).toBe(1);
    expect(err).toMatch(
      /DCS\.4133: there is no such task\. .* Check the task id and its project: tasks list shows the ids and names of all\. \(request id/,
    );
  });

  it('prints only what somebody must read with --quiet', async () => {
    const { simulator, run } = bench();
    simulator.setTask(TASK, realisticAnswer('FULLMIGRATING'));
    expect(await run('wait', TASK, '--for', 'full', '--quiet')).toEqual({ code: 0, out: '', err: '' });
    const { code, out, err } = await run('wait', TASK, '--for', 'ready', '--timeout', '0s', '--quiet');
    expect({ code, out }).toEqual({ code: 3, out: '' });
    expect(err).toContain('orders-cache: not reached at the first look: full (FULLMIGRATING)');
  });

  it.each([
    [['--for', 'succeded'], 'did you mean succeeded?'],
    [['--for', 'ready', '--timeout', 'soon'], 'expected a span such as 30s, 10m or 6h, found soon'],
    [['--for', 'ready', '--interval', '0s'], 'from 1s to 1d, found 0s'],
    [[], "required option '--for <words>' not specified"],
  ])('refuses a command line that is wrong: %j', async (options, words) => {
    const { simulator, run } = bench();
    const before = simulator.calls.show;
    const { code, err } = await run('wait', TASK, ...options);
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(simulator.calls.show).toBe(before);
  });

  it('prints nasty names as harmless text', async () => {
    const { simulator, run } = bench();
    simulator.setTask(TASK, realisticAnswer('FULLMIGRATING', { task_name: 'a\u001b[31m\nb\u202e' }));
    const { out } = await run('wait', TASK, '--for', 'full');
    for (const character of ['\u001b', '\u202e']) expect(out).not.toContain(character);
    expect(out.trimEnd().split('\n')).toHaveLength(2);
  });
});
