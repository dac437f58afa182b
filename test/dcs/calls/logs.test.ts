import { describe, expect, it } from 'vitest';
import { type LogPage, readLogPage, readNewestErrors } from '../../../lib/dcs/calls/logs.ts';
import type { CallResult, TaskLogLine } from '../../../lib/migration/model/enrichment.ts';
import { sample } from '../samples.ts';

function read(entries: unknown, secrets: readonly string[] = []): readonly TaskLogLine[] {
  const reading = readLogPage(JSON.stringify({ log_num: 1, migration_logs: entries }), secrets);
  if (reading.kind !== 'read') throw new Error(reading.why);
  return reading.value.lines;
}

function readLine(fields: object, secrets: readonly string[] = []): TaskLogLine | undefined {
  return read([{ log_level: 'ERROR', message: 'm', ...fields }], secrets)[0];
}

describe('reading a page of a log', () => {
  it('keeps the errors of the sample, and counts all lines', () => {
    expect(readLogPage(sample('logs').body, [])).toEqual({
      kind: 'read',
      value: {
        count: 2,
        lines: [
          {
            at: '2023-05-15T09:12:00.001Z',
            level: 'ERROR',
            code: 'LOG.0002',
            message: 'Failed to connect to the source instance.',
            keywords: ['192.168.1.2:6379'],
          },
        ],
      },
    });
  });

  it('drops every line that is not marked as an error, whatever was asked for', () => {
    const levels = ['INFO', 'WARN', 'DEBUG', 'ERRORS', '', null, undefined, 7, ['ERROR'], 'error', ' ERROR '];
    const lines = read(levels.map((log_level) => ({ log_level, message: 'm' })));
    expect(lines.map(({ level }) => level)).toEqual(['error', 'ERROR']);
  });

  it('drops entries that are no lines, and empty lines', () => {
    const line = { log_level: 'ERROR', message: 'm' };
    expect(read([null, 7, 'x', [], {}, { log_level: 'ERROR', message: ' \n' }, line])).toHaveLength(1);
  });

  it('takes the code as the message of a line that has none', () => {
    expect(readLine({ message: null, log_code: 'LOG.0007' })).toEqual({
      level: 'ERROR',
      code: 'LOG.0007',
      message: 'LOG.0007',
      keywords: [],
    });
  });

  it('counts fields of another type as absent', () => {
    expect(readLine({ created_at: {}, log_code: [], keyword: { a: 1 } })).toEqual({
      level: 'ERROR',
      message: 'm',
      keywords: [],
    });
  });

  it('takes at most ten keywords, or a single one without a list', () => {
    expect(readLine({ keyword: 'one' })?.keywords).toEqual(['one']);
    const many = [null, ' ', ...Array.from({ length: 50 }, (_, index) => `k${index}`)];
    expect(readLine({ keyword: many })?.keywords).toEqual(['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6', 'k7']);
  });

  it('masks passwords and what the request carried in every part of a line', () => {
    const line = readLine(
      {
        message: 'AUTH default hunter2 for CANARY-KEY',
        log_code: 'password=hunter2',
        keyword: ['redis://:hunter2@h:6379', 'CANARY-KEY'],
      },
      ['CANARY-KEY'],
    );
    expect(line).toEqual({
      level: 'ERROR',
      code: 'password=***',
      message: 'AUTH *** for ***',
      keywords: ['***@h:6379', '***'],
    });
  });

  it('keeps every text within its bounds, on one line', () => {
    const long = `a\nb${'😀'.repeat(5000)}`;
    const line = readLine({ message: long, created_at: long, log_code: long, keyword: [long] });
    const { at = '', code = '', message = '', keywords = [] } = line ?? {};
    const lengths = [at, code, message, ...keywords].map((text) => [...text].length);
    expect(lengths).toEqual([64, 64, 500, 64]);
    expect(JSON.stringify(line)).not.toContain('\\n');
  });

  it.each([
    ['', 'not_json'],
    ['null', 'no_object'],
    ['{}', 'no_log_lines'],
    ['{"log_num":1,"migration_logs":"x"}', 'no_log_lines'],
    ['{"__proto__":{"migration_logs":[]}}', 'no_log_lines'],
  ])('refuses %j: %s', (body, why) => {
    expect(readLogPage(body, [])).toEqual({ kind: 'unreadable', why });
  });

  it('survives lines nested 10,000 deep', () => {
    const deep = '['.repeat(10_000) + ']'.repeat(10_000);
    const body = `{"log_num":${deep},"migration_logs":[${deep},{"log_level":"ERROR","message":"m","keyword":${deep}}]}`;
    expect(readLogPage(body, [])).toMatchObject({
      kind: 'read',
      value: { count: 0, lines: [{ message: 'm' }] },
    });
  });

  it.each<readonly [unknown, number]>([
    [3, 3],
    ['3', 3],
    [null, 0],
    ['x', 0],
    ['1e999', 0],
    [0.5, 0],
  ])('takes log_num %j for %d', (value, count) => {
    const reading = readLogPage(JSON.stringify({ log_num: value, migration_logs: [] }), []);
    expect(reading).toMatchObject({ value: { count } });
  });
});

function error(second: number): TaskLogLine {
  const at = new Date(Date.UTC(2026, 0, 2, 3, 0, second)).toISOString();
  return { at, level: 'ERROR', message: `m${second}`, keywords: [] };
}

function errors(count: number): TaskLogLine[] {
  return Array.from({ length: count }, (_, index) => error(index));
}

/** A log of these lines; `offsets` are those that were asked for. */
function createLog(lines: readonly TaskLogLine[], count = lines.length) {
  const offsets: number[] = [];
  return {
    offsets,
    page(offset: number): Promise<CallResult<LogPage>> {
      offsets.push(offset);
      return Promise.resolve({ kind: 'known', value: { count, lines: lines.slice(offset, offset + 100) } });
    },
  };
}

function messages(answer: CallResult<readonly TaskLogLine[]>): string[] {
  if (answer.kind !== 'known') throw new Error(JSON.stringify(answer));
  return answer.value.map(({ message }) => message);
}

describe('the newest errors of a log', () => {
  const NEWEST_OF_250 = Array.from({ length: 20 }, (_, index) => `m${249 - index}`);

  it.each([
    ['oldest', errors(250)],
    ['newest', errors(250).toReversed()],
  ])('are found at either end of a long one, even when it begins with the %s', async (_case, lines) => {
    const log = createLog(lines);
    expect(messages(await readNewestErrors(log.page))).toEqual(NEWEST_OF_250);
    expect(log.offsets).toEqual([0, 150]);
  });

  it.each([
    [0, [0]],
    [1, [0]],
    [100, [0]],
    [101, [0, 100]],
    [150, [0, 100]],
    [201, [0, 101]],
  ])('of %i take the offsets %j', async (count, offsets) => {
    const log = createLog(errors(count));
    expect(messages(await readNewestErrors(log.page))).toHaveLength(Math.min(count, 20));
    expect(log.offsets).toEqual(offsets);
  });

  it('are sorted by their time, however many digits its seconds have', async () => {
    const lines = ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.5Z', '2026-01-02T03:04:04.999999Z'].map(
      (at) => ({ ...error(0), at, message: at }),
    );
    const sorted = messages(await readNewestErrors(createLog(lines).page));
    expect(sorted.map((at) => at.slice(17))).toEqual(['05.5Z', '05Z', '04.999999Z']);
  });

  it.each([undefined, '', '2019/10/22 14:44:30', '2026-01-02T03:04:05', '2026-13-02T03:04:05Z'])(
    'keep the order of the service when one says %j for its time',
    async (at) => {
      const { at: _at, ...timeless } = error(1);
      const lines = [error(0), at === undefined ? timeless : { ...timeless, at }, error(2)];
      expect(messages(await readNewestErrors(createLog(lines).page))).toEqual(['m0', 'm1', 'm2']);
    },
  );

  it('appear once when the service ignores the offset', async () => {
    const log = createLog(errors(10), 500);
    const same = () => log.page(0);
    expect(messages(await readNewestErrors(same))).toHaveLength(10);
    expect(log.offsets).toHaveLength(2);
  });

  it('are those of one end when the other one does not come', async () => {
    const log = createLog(errors(250));
    const failed: CallResult<LogPage> = {
      kind: 'failed',
      reason: 'throttled',
      detail: 'd',
      cooldownMs: 5000,
    };
    const page = (offset: number) => (offset > 0 ? Promise.resolve(failed) : log.page(offset));
    expect(messages(await readNewestErrors(page))[0]).toBe('m99');
    expect(await readNewestErrors(() => Promise.resolve(failed))).toEqual(failed);
  });
});
