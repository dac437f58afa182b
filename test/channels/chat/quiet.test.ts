import { describe, expect, it } from 'vitest';
import { WEEKDAYS, wallClock } from '../../../lib/base/time/wall-clock.ts';
import { type Quiet, quietHours } from '../../../lib/channels/chat/quiet.ts';
import { DAY_MINUTES, quietSpans } from '../../../lib/channels/chat/quiet-spans.ts';
import { createChannels } from '../../../lib/runtime/channels.ts';
import { load, MINIMAL, problemsOf, SIGNING_SECRET } from '../../config/support.ts';
import { createRandom } from '../../long/proof/random.ts';
import { ALL_TYPES } from '../../support/channel-types.ts';
import { answering, CHANGE, eventOf } from '../support.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NIGHTS: Quiet = { from: '22:00', to: '08:00' };
const at = (iso: string) => Date.parse(iso);

function untilIn(quiet: Quiet, timeZone: string) {
  const hours = quietHours(quiet, timeZone);
  return (iso: string) => {
    const until = hours.until(at(iso));
    return until === undefined ? undefined : new Date(until).toISOString();
  };
}

describe('quiet hours', () => {
  it('last from one evening to the next morning, in the time zone of the chat', () => {
    const until = untilIn(NIGHTS, 'Asia/Shanghai');
    expect(until('2026-01-05T13:59:59.999Z')).toBeUndefined();
    expect(until('2026-01-05T14:00:00.000Z')).toBe('2026-01-06T00:00:00.000Z');
    expect(until('2026-01-05T16:00:00.000Z')).toBe('2026-01-06T00:00:00.000Z');
    expect(until('2026-01-05T23:59:59.999Z')).toBe('2026-01-06T00:00:00.000Z');
    expect(until('2026-01-06T00:00:00.000Z')).toBeUndefined();
  });

  it('may lie within one day', () => {
    const until = untilIn({ from: '9:30', to: '12:15' }, 'UTC');
    expect(until('2026-01-05T09:29:59.999Z')).toBeUndefined();
    expect(until('2026-01-05T09:30:00.000Z')).toBe('2026-01-05T12:15:00.000Z');
    expect(until('2026-01-05T12:15:00.000Z')).toBeUndefined();
  });

  it('may begin or end at midnight', () => {
    expect(untilIn({ from: '00:00', to: '07:00' }, 'UTC')('2026-01-05T00:00:00Z')).toBe(
      '2026-01-05T07:00:00.000Z',
    );
    expect(untilIn({ from: '22:00', to: '00:00' }, 'UTC')('2026-01-05T23:00:00Z')).toBe(
      '2026-01-06T00:00:00.000Z',
    );
  });

  it('are the whole of each day that days lists, and the nights besides', () => {
    const weekend = untilIn({ days: ['sat', 'sun'] }, 'Europe/Berlin');
    expect(weekend('2026-01-09T22:59:00Z')).toBeUndefined();
    expect(weekend('2026-01-09T23:00:00Z')).toBe('2026-01-11T23:00:00.000Z');
    const both = untilIn({ ...NIGHTS, days: ['sat', 'sun'] }, 'Europe/Berlin');
    expect(both('2026-01-09T20:59:00Z')).toBeUndefined();
    // From Friday, 22:00, until Monday, 08:00.
    expect(both('2026-01-09T21:00:00Z')).toBe('2026-01-12T07:00:00.000Z');
    expect(both('2026-01-14T21:00:00Z')).toBe('2026-01-15T07:00:00.000Z');
  });

  it('end by the clock on the wall when an hour is skipped or comes twice', () => {
    // Berlin: 29 March, 02:00 becomes 03:00; 25 October, 03:00 becomes 02:00.
    const night = untilIn(NIGHTS, 'Europe/Berlin');
    expect(night('2026-03-28T22:00:00Z')).toBe('2026-03-29T06:00:00.000Z');
    expect(night('2026-10-24T21:00:00Z')).toBe('2026-10-25T07:00:00.000Z');
    const skipped = untilIn({ from: '01:00', to: '02:30' }, 'Europe/Berlin');
    expect(skipped('2026-03-29T00:59:00Z')).toBe('2026-03-29T01:00:00.000Z');
    const twice = untilIn({ from: '01:00', to: '02:30' }, 'Europe/Berlin');
    expect(twice('2026-10-25T00:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(twice('2026-10-25T01:00:00Z')).toBe('2026-10-25T01:30:00.000Z');
  });

  it('end at midnight where midnight itself is skipped', () => {
    // Santiago: on Saturday, 5 September, 24:00 becomes 01:00 of Sunday.
    const saturdays = untilIn({ days: ['sat'] }, 'America/Santiago');
    expect(saturdays('2026-09-05T12:00:00Z')).toBe('2026-09-06T04:00:00.000Z');
  });
});

describe('quiet hours in every time zone of the world', () => {
  const random = createRandom('quiet hours').next;
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] ?? all[0] ?? raise();
  const time = () => `${Math.floor(random() * 24)}:${String(Math.floor(random() * 60)).padStart(2, '0')}`;
  const settings = (): Quiet => {
    const days = WEEKDAYS.filter(() => random() < 0.3).slice(0, 6);
    const [from, to] = [time(), time()];
    return from === to || (days.length > 0 && random() < 0.3)
      ? { days: days.length > 0 ? days : ['sat'] }
      : { from, to, days };
  };
  /** The rule in another way: by the letters that a clock shows. */
  const isQuietAt = ({ from, to, days = [] }: Quiet, timeZone: string) => {
    const minutes = (text: string) => Number(text.split(':')[0]) * 60 + Number(text.split(':')[1]);
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    return (moment: number): boolean => {
      const [, weekday = '', clock = ''] = /^(\w+) (\d\d:\d\d)$/.exec(format.format(moment)) ?? [];
      if (days.some((day) => day === weekday.toLowerCase())) return true;
      if (from === undefined || to === undefined) return false;
      const [now, begins, ends] = [clock, from, to].map(minutes) as [number, number, number];
      return begins < ends ? now >= begins && now < ends : now >= begins || now < ends;
    };
  };

  /** Moments around every change of a zone's clock within a year, and some others. */
  const moments = (timeZone: string): number[] => {
    const offset = (moment: number) =>
      new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).format(moment).split('GMT')[1];
    const year = Array.from({ length: 53 }, (_, week) => at('2026-01-01T00:00:00Z') + week * 168 * HOUR);
    const changes = year.filter((moment) => offset(moment) !== offset(moment + 168 * HOUR));
    const all = [...changes, pick(year)];
    return all.map((moment) => moment + Math.floor(random() * 168 * HOUR));
  };

  it('end at the first moment that is not quiet', () => {
    const zones = Intl.supportedValuesOf('timeZone');
    expect(zones.length).toBeGreaterThan(400);
    for (const { timeZone, now } of zones.flatMap((zone) =>
      moments(zone).map((now) => ({ timeZone: zone, now })),
    )) {
      const quiet = settings();
      const [hours, isQuiet] = [quietHours(quiet, timeZone), isQuietAt(quiet, timeZone)];
      const until = hours.until(now);
      const words = `${timeZone} ${JSON.stringify(quiet)} ${new Date(now).toISOString()} ${until}`;
      expect(until !== undefined, words).toBe(isQuiet(now));
      const end = until ?? now;
      expect(isQuiet(end), words).toBe(false);
      // Every zone changes its offset at a quarter of an hour, and every setting at some minute.
      const step = 15 * MINUTE;
      for (let moment = Math.ceil(now / step) * step; moment < end; moment += step) {
        if (!isQuiet(moment)) expect.fail(`${words}: not quiet at ${new Date(moment).toISOString()}`);
      }
      if (until !== undefined) expect(isQuiet(until - 1), words).toBe(true);
    }
  });

  it.each([
    'America/Santiago',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
    'Asia/Kathmandu',
    'Europe/Berlin',
  ])('are right at every minute of the weeks in which the clock is changed: %s', (timeZone) => {
    for (const week of moments(timeZone).slice(0, 3)) {
      const quiet = settings();
      const [hours, isQuiet] = [quietHours(quiet, timeZone), isQuietAt(quiet, timeZone)];
      for (let now = week; now < week + 72 * HOUR; now += MINUTE) {
        if (isQuiet(now) !== (hours.until(now) !== undefined)) {
          expect.fail(`${JSON.stringify(quiet)} ${new Date(now).toISOString()}`);
        }
      }
    }
  });

  it('never last for ever', () => {
    for (const timeZone of Intl.supportedValuesOf('timeZone')) {
      const quiet: Quiet = { from: '02:31', to: '02:30', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat'] };
      const now = at('2026-03-01T00:00:00Z') + Math.floor(random() * 300 * 24 * HOUR);
      expect((quietHours(quiet, timeZone).until(now) ?? now) - now).toBeLessThanOrEqual(14 * 24 * HOUR);
    }
  });
});

function raise(): never {
  throw new TypeError('nothing to pick from');
}

describe('time that is not quiet', () => {
  const nights = quietHours(NIGHTS, 'UTC');
  const after = (iso: string, hours: number) => new Date(nights.after(at(iso), hours * HOUR)).toISOString();

  it('alone counts for deadlines', () => {
    expect(after('2026-01-05T12:00:00Z', 4)).toBe('2026-01-05T16:00:00.000Z');
    expect(after('2026-01-05T21:00:00Z', 4)).toBe('2026-01-06T11:00:00.000Z');
    expect(after('2026-01-05T23:00:00Z', 4)).toBe('2026-01-06T12:00:00.000Z');
    expect(after('2026-01-05T23:00:00Z', 24)).toBe('2026-01-07T18:00:00.000Z');
    expect(after('2026-01-05T08:00:00Z', 200)).toBe('2026-01-19T12:00:00.000Z');
  });

  it('never ends a delivery in quiet hours', () => {
    expect(after('2026-01-05T21:00:00Z', 1)).toBe('2026-01-06T08:00:00.000Z');
  });

  it('is waited for two weeks at most', () => {
    const rare = quietHours({ from: '08:01', to: '08:00', days: ['mon', 'tue'] }, 'UTC');
    const since = at('2026-01-05T12:00:00Z');
    const waitedMs = rare.after(since, 24 * HOUR) - since;
    expect(waitedMs).toBeLessThanOrEqual(18 * 24 * HOUR);
    expect(rare.until(since + waitedMs)).toBeUndefined();
    // Two weeks and 44 hours later it is 08:00, the one minute of that day that is not quiet.
    expect(rare.after(since, 44 * HOUR)).toBe(at('2026-01-21T08:00:00Z'));
  });

  it('distinguishes a stretch with quiet hours in it from one without', () => {
    expect(nights.coversSome(at('2026-01-05T12:00:00Z'), at('2026-01-05T21:59:59Z'))).toBe(false);
    expect(nights.coversSome(at('2026-01-05T12:00:00Z'), at('2026-01-05T22:00:00Z'))).toBe(true);
    expect(nights.coversSome(at('2026-01-05T23:00:00Z'), at('2026-01-06T09:00:00Z'))).toBe(true);
    expect(nights.coversSome(at('2026-01-06T08:00:00Z'), at('2026-01-06T09:00:00Z'))).toBe(false);
  });

  it('is evaluated at the present moment when the clock was set back', () => {
    expect(nights.coversSome(at('2026-01-05T23:00:00Z'), at('2026-01-05T12:00:00Z'))).toBe(false);
    expect(nights.coversSome(at('2026-01-06T12:00:00Z'), at('2026-01-06T07:00:00Z'))).toBe(true);
  });
});

describe('stretches of quiet time', () => {
  const clock = wallClock('UTC');

  it('are reckoned once, however often they are asked for', () => {
    let reads = 0;
    const counting = {
      ...clock,
      read: (moment: number) => {
        reads += 1;
        return clock.read(moment);
      },
    };
    const turns = [480, DAY_MINUTES];
    const spans = quietSpans({ clock: counting, turns, isQuiet: ({ minute }) => minute < 480 });
    for (const time of ['00:00:00', '07:59:59', '08:00:00', '23:59:59'])
      spans.until(at(`2026-01-05T${time}Z`));
    const once = reads;
    for (const time of ['00:00:00', '03:00:00', '08:00:00', '12:00:00'])
      spans.until(at(`2026-01-05T${time}Z`));
    expect(reads).toBe(once);
  });

  it('end after a hundred turns under a rule that never changes', () => {
    const always = quietSpans({ clock, turns: [DAY_MINUTES], isQuiet: () => true });
    expect(always.until(at('2026-01-05T12:00:00Z'))).toBe(at('2026-04-15T00:00:00Z'));
  });
});

const withQuiet = (quiet: unknown) => ({
  ...MINIMAL,
  channels: { ops: { ...MINIMAL.channels.ops, quiet } },
});

describe('the setting quiet', () => {
  const DAYS = 'expected days of the week: sun, mon, tue, wed, thu, fri, sat';
  const TIME = 'expected a time of day in quotes, from "00:00" to "23:59"';
  it.each([
    [{ from: '25:00', to: '08:00' }, `from: ${TIME}`],
    [{ from: 1320, to: '08:00' }, `from: ${TIME}`],
    [{ from: '22:00', to: '24:00' }, `to: ${TIME}`],
    [{ from: '22:00' }, 'to: from and to belong together; for whole days alone, leave both out'],
    [{ to: '08:00' }, 'from: from and to belong together; for whole days alone, leave both out'],
    [{ from: '08:00', to: '8:00' }, 'to: expected another time than from; for whole days, list them in days'],
    [{ days: ['saturday'] }, `days[0]: did you mean sat? ${DAYS}`],
    [{ days: ['Sat'] }, `days[0]: did you mean sat? ${DAYS}`],
    [{ days: [6] }, `days[0]: ${DAYS}`],
    [{ days: [...WEEKDAYS] }, 'days: expected at most six days: on all seven nothing would ever be sent'],
  ])('refuses %j, and says what was expected', async (quiet, problem) => {
    expect(await problemsOf(withQuiet(quiet))).toStrictEqual([`channels.ops.quiet.${problem}`]);
  });

  it('refuses one that is never quiet', async () => {
    const problem = 'channels.ops.quiet: expected from and to, or days: without them it is never quiet';
    expect(await problemsOf(withQuiet({}))).toStrictEqual([problem]);
    expect(await problemsOf(withQuiet({ days: [], except: ['failure'] }))).toStrictEqual([problem]);
  });

  it('names the word that was most likely meant in except', async () => {
    const [problem] = await problemsOf(withQuiet({ days: ['sat'], except: ['failed'] }));
    expect(problem).toContain('channels.ops.quiet.except[0]: did you mean failure? ');
  });

  it('is no setting of a channel for programs', async () => {
    const ci = { type: 'webhook', url: 'https://ci.example.com/', secret: SIGNING_SECRET, quiet: NIGHTS };
    const problems = await problemsOf({ ...MINIMAL, channels: { ci } });
    expect(problems).toStrictEqual([expect.stringMatching(/^channels\.ci\.quiet: /)]);
  });

  const chats = [...ALL_TYPES].filter(([, { audience }]) => audience === 'people');
  it.each(chats)('is one of every type of chat, with mentionOn and remindEvery: %s', (type, { schema }) => {
    const shared = {
      mentionOn: ['failure'],
      remindEvery: '4h',
      quiet: NIGHTS,
      language: 'en',
      timeZone: 'UTC',
    };
    const { error } = schema.safeParse({ type, ...shared });
    const refused =
      error?.issues.map(({ path, code }) => (code === 'unrecognized_keys' ? '?' : path[0])) ?? [];
    expect(refused.filter((name) => name === '?' || Object.hasOwn(shared, String(name)))).toStrictEqual([]);
  });

  it('holds in the time zone of its chat, else in that of the settings', async () => {
    const ops = { ...MINIMAL.channels.ops, quiet: { ...NIGHTS, except: ['failure', 'migration.gone'] } };
    const file = {
      ...MINIMAL,
      channels: { ops, berlin: { ...ops, timeZone: 'Europe/Berlin' }, day: MINIMAL.channels.ops },
      settings: { timeZone: 'Asia/Shanghai' },
    };
    const channels = await createChannels(await load(file), answering({ body: 'ok' }));
    const now = at('2026-01-05T14:30:00Z');
    expect(channels.get('ops')?.quiet?.until(now)).toBe(at('2026-01-06T00:00:00Z'));
    expect(channels.get('berlin')?.quiet?.until(now)).toBeUndefined();
    expect(channels.get('day')?.quiet).toBeUndefined();
    const excepts = channels.get('ops')?.quiet?.excepts;
    expect(excepts?.(eventOf({ ...CHANGE, severity: 'failure' }))).toBe(true);
    expect(excepts?.(eventOf(CHANGE, 'dcs.migration.gone'))).toBe(true);
    expect(excepts?.(eventOf(CHANGE))).toBe(false);
  });
});
