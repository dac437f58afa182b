import { describe, expect, it } from 'vitest';
import { DEFAULT_THRESHOLDS } from '../../../lib/migration/model/thresholds.ts';
import { load, MINIMAL, problemsOf } from '../support.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const settingsOf = async (settings: object) => (await load({ ...MINIMAL, settings })).settings;
const thresholdsOf = async (settings: object) => (await settingsOf(settings)).thresholds;

describe('Thresholds', () => {
  it('have the built-in defaults if the file says nothing', async () => {
    for (const settings of [{}, { cutover: {}, forgotten: {} }]) {
      expect(await thresholdsOf(settings)).toEqual(DEFAULT_THRESHOLDS);
    }
  });

  it('may all be set', async () => {
    const thresholds = await thresholdsOf({
      progress: [10, 99.5],
      cutover: {
        maxOffset: 1024,
        maxKeyGap: 0.05,
        looks: 5,
        unreadyOffset: 2048,
        unreadyKeyGap: 0.05,
        unreadyLooks: 2,
        blockedAfter: 20,
        figuresValidFor: '30m',
      },
      stalledAfter: '10m',
      forgotten: { configuring: '90m', incremental: '30d', every: '12h' },
      actionsValidFor: '15m',
    });
    expect(thresholds).toEqual({
      progressMarks: [10, 99.5],
      cutover: {
        maxOffset: 1024,
        maxKeyGapPercent: 0.05,
        looks: 5,
        unreadyOffset: 2048,
        unreadyKeyGapPercent: 0.05,
        unreadyLooks: 2,
        blockedAfter: 20,
        figuresValidForMs: 30 * MINUTE,
      },
      stalledAfterMs: 10 * MINUTE,
      forgotten: { configuringMs: 90 * MINUTE, incrementalMs: 30 * DAY, everyMs: 12 * HOUR },
      actionsValidForMs: 15 * MINUTE,
    });
  });

  it('may be set one by one, and the others stay as they are', async () => {
    const { cutover, forgotten, ...others } = await thresholdsOf({
      cutover: { looks: 1 },
      forgotten: { every: '1h' },
    });
    expect(cutover).toEqual({ ...DEFAULT_THRESHOLDS.cutover, looks: 1 });
    expect(forgotten).toEqual({ ...DEFAULT_THRESHOLDS.forgotten, everyMs: HOUR });
    expect({
      cutover: DEFAULT_THRESHOLDS.cutover,
      forgotten: DEFAULT_THRESHOLDS.forgotten,
      ...others,
    }).toEqual(DEFAULT_THRESHOLDS);
  });

  it('may have no marks of progress', async () => {
    expect((await thresholdsOf({ progress: [] })).progressMarks).toEqual([]);
  });

  it.each([[{ maxOffset: 0, maxKeyGap: 0, looks: 1 }], [{ maxOffset: 1e12, maxKeyGap: 100, looks: 100 }]])(
    'may be as strict or as lenient as %j',
    async (cutover) => {
      const { maxOffset, maxKeyGap: maxKeyGapPercent, looks } = cutover;
      const set = { maxOffset, maxKeyGapPercent, looks };
      expect((await thresholdsOf({ cutover })).cutover).toMatchObject(set);
    },
  );

  it.each([
    [{}, [100_000, 2]],
    [{ maxOffset: 0, maxKeyGap: 0 }, [100_000, 1]],
    [{ maxOffset: 50_000, maxKeyGap: 5 }, [500_000, 10]],
    [{ maxKeyGap: 80 }, [100_000, 100]],
    [{ unreadyOffset: 1000, unreadyKeyGap: 1 }, [1000, 1]],
  ])('for losing readiness follow from those for reaching it, as %j', async (settings, limits) => {
    const { cutover } = await thresholdsOf({ cutover: settings });
    expect([cutover.unreadyOffset, cutover.unreadyKeyGapPercent]).toEqual(limits);
  });

  const BELOW = 'above it, readiness is taken back';
  const MARK = 'expected a number above 0 and below 100';
  const ORDER = 'expected more than the mark before it: each mark once, in ascending order';
  const LOOKS = 'cutover.looks: expected a whole number from 1 to 100';
  const GAP = 'cutover.maxKeyGap: expected a number from 0 to 100';
  const OFFSET = 'cutover.maxOffset: expected a number of at least 0';

  it.each([
    [{ progress: 50 }, ['progress: expected a list (- …), but it is a number']],
    [{ progress: null }, ['progress: expected a list (- …), but it has no value']],
    [{ progress: [0, 50, 100] }, [`progress[0]: ${MARK}`, `progress[2]: ${MARK}`]],
    [{ progress: ['50%'] }, [`progress[0]: ${MARK}`]],
    [{ progress: [50, 25, 75] }, [`progress[1]: ${ORDER}`]],
    [{ progress: [25, 25, 75, 75] }, [`progress[1]: ${ORDER}`, `progress[3]: ${ORDER}`]],
    [
      { progress: Array.from({ length: 100 }, (_, i) => (i + 1) / 2) },
      ['progress: expected at most 99 entries'],
    ],
    [{ cutover: null }, ['cutover: expected settings (name: value), but it has no value']],
    [
      { cutover: { offset: 0 } },
      [expect.stringContaining('cutover.offset: is not a known setting; did you mean')],
    ],
    [{ cutover: { maxOffset: -1, maxKeyGap: -0.1, looks: 0 } }, [OFFSET, GAP, LOOKS]],
    [{ cutover: { maxOffset: '0', maxKeyGap: '1%', looks: '3' } }, [OFFSET, GAP, LOOKS]],
    [{ cutover: { maxOffset: null, maxKeyGap: 100.1, looks: 101 } }, [OFFSET, GAP, LOOKS]],
    [{ cutover: { looks: 1.5 } }, [LOOKS]],
    [
      { cutover: { unreadyOffset: 999, unreadyKeyGap: 0.5 } },
      [
        `cutover.unreadyOffset: expected at least maxOffset, which is 1000: ${BELOW}`,
        `cutover.unreadyKeyGap: expected at least maxKeyGap, which is 1: ${BELOW}`,
      ],
    ],
    [
      { cutover: { maxOffset: 10, unreadyOffset: 9 } },
      [`cutover.unreadyOffset: expected at least maxOffset, which is 10: ${BELOW}`],
    ],
    [
      { cutover: { unreadyOffset: -1, unreadyLooks: 0, blockedAfter: 0, figuresValidFor: '5s' } },
      [
        'cutover.unreadyOffset: expected a number of at least 0',
        'cutover.unreadyLooks: expected a whole number from 1 to 100',
        'cutover.blockedAfter: expected a whole number from 1 to 100',
        expect.stringContaining('cutover.figuresValidFor: expected'),
      ],
    ],
    [
      { forgotten: { configured: '1d' } },
      [
        'forgotten.configured: is not a known setting; did you mean configuring? (expected one of configuring, incremental, every)',
      ],
    ],
    [{ forgotten: '7d' }, ['forgotten: expected settings (name: value), but it is a text']],
  ])('are refused as %j', async (settings, problems) => {
    const path = 'settings.';
    expect((await problemsOf({ ...MINIMAL, settings })).map((one) => one.slice(path.length))).toEqual(
      problems,
    );
  });

  it.each(['.inf', '.nan', '-.inf', '1e999'])('are refused as %s, which YAML permits', async (number) => {
    const text = `{ ${JSON.stringify(MINIMAL).slice(1, -1)}, settings: { cutover: { maxOffset: ${number} } } }`;
    expect(await problemsOf(text)).toEqual([`settings.${OFFSET}`]);
  });
});

const SPANS = [
  ['stalledAfter', (time: unknown) => ({ stalledAfter: time })],
  ['actionsValidFor', (time: unknown) => ({ actionsValidFor: time })],
  ['lookAtFinishedEvery', (time: unknown) => ({ lookAtFinishedEvery: time })],
  ['forgotten.configuring', (time: unknown) => ({ forgotten: { configuring: time } })],
  ['forgotten.incremental', (time: unknown) => ({ forgotten: { incremental: time } })],
  ['forgotten.every', (time: unknown) => ({ forgotten: { every: time } })],
] as const;

describe.each(SPANS)('The time %s', (path, setting) => {
  it.each(['60s', '1m', '36h', '7d', '365d', '8760h'])('may be %s', async (time) => {
    await expect(settingsOf(setting(time))).resolves.toBeDefined();
  });

  it.each([
    30,
    '30',
    '0s',
    '59s',
    '0d',
    '366d',
    '999999h',
    '1w',
    '1.5h',
    '-1d',
    '7 d',
    '7D',
    '',
    null,
    ['7d'],
  ])('is refused as %j', async (time) => {
    expect(await problemsOf({ ...MINIMAL, settings: setting(time) })).toEqual([
      `settings.${path}: expected a time such as 30m, 24h or 7d, from 1m to 365d`,
    ]);
  });
});

describe('Looks at tasks that have ended', () => {
  it('come every quarter of an hour, or as the file says', async () => {
    expect((await settingsOf({})).finishedEveryMs).toBe(15 * MINUTE);
    expect((await settingsOf({ lookAtFinishedEvery: '1d' })).finishedEveryMs).toBe(DAY);
  });
});

describe('Further looks within a tick', () => {
  it('are not made unless the file says so', async () => {
    expect(await settingsOf({})).not.toHaveProperty('lookEveryMs');
    expect((await settingsOf({ lookEvery: '10s' })).lookEveryMs).toBe(10_000);
  });

  it.each([
    [{ lookEvery: '59s' }, 59_000],
    [{ lookEvery: '1s', interval: '2s' }, 1000],
    [{ lookEvery: '90s', interval: '2m' }, 90_000],
  ])('are more frequent than ticks: %j', async (settings, lookEveryMs) => {
    expect((await settingsOf(settings)).lookEveryMs).toBe(lookEveryMs);
  });

  it.each([
    [{ lookEvery: '60s' }, '60s'],
    [{ lookEvery: '1m' }, '60s'],
    [{ lookEvery: '2m', interval: '120s' }, '120s'],
    [{ lookEvery: '1h', interval: '10s' }, '10s'],
  ])('are refused where they are not more frequent: %j', async (settings, interval) => {
    expect(await problemsOf({ ...MINIMAL, settings })).toEqual([
      `settings.lookEvery: expected less than the interval (${interval}), or no value: each tick looks once anyway`,
    ]);
  });

  it('are refused together with every other problem of the settings', async () => {
    const settings = { lookEvery: '5m', requestsPerSecond: 0, progress: [0] };
    const problems = await problemsOf({ ...MINIMAL, settings, projects: [] });
    expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
      'projects',
      'settings.requestsPerSecond',
      'settings.progress[0]',
      'settings.lookEvery',
    ]);
  });

  it.each(['0s', '500ms', '1d', 10, ''])('are refused at an interval like %j', async (lookEvery) => {
    expect(await problemsOf({ ...MINIMAL, settings: { lookEvery } })).toEqual([
      'settings.lookEvery: expected a time such as 60s, 5m or 1h, from 1s to 24h',
    ]);
  });

  it('are not compared with an interval that is itself wrong', async () => {
    expect(await problemsOf({ ...MINIMAL, settings: { lookEvery: '10m', interval: 'soon' } })).toEqual([
      'settings.interval: expected a time such as 60s, 5m or 1h, from 1s to 24h',
    ]);
  });
});
