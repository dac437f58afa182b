import * as z from 'zod/mini';
import { didYouMean } from '../../base/nearest.ts';
import { WEEKDAYS, wallClock } from '../../base/time/wall-clock.ts';
import { momentsIn } from '../../language/moments.ts';
import type { QuietHours } from '../quiet-hours.ts';
import { matchesAny, wordsSchema } from './mention.ts';
import { DAY_MINUTES, quietSpans } from './quiet-spans.ts';

const TIME = 'expected a time of day in quotes, from "00:00" to "23:59"';
const DAY = `expected days of the week: ${WEEKDAYS.join(', ')}`;
const MINUTES = /^([01]?\d|2[0-3]):([0-5]\d)$/;

const timeOfDay = z
  .string({ error: TIME })
  // No pattern: in an editor a reference such as ${QUIET_FROM} must pass, too.
  .check(z.refine((text) => MINUTES.test(text), TIME));

/** Suggests the day whose short name begins the text: `sat` for `Saturday`. */
function dayHint({ input }: { readonly input?: unknown }): string {
  const text = typeof input === 'string' ? input.toLowerCase() : '';
  const day = WEEKDAYS.find((known) => text.startsWith(known));
  return `${day === undefined ? didYouMean(text, WEEKDAYS) : `did you mean ${day}? `}${DAY}`;
}

const ONE_HALF = 'from and to belong together; for whole days alone, leave both out';
const SAME = 'expected another time than from; for whole days, list them in days';
const NEVER = 'expected from and to, or days: without them it is never quiet';
const ALWAYS = 'expected at most six days: on all seven nothing would ever be sent';

interface QuietText {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly days?: readonly string[] | undefined;
}

/** Refuses quiet hours without a start or an end, or without some time outside of them for held messages. */
const sensible = z.check<QuietText>(({ value, issues }) => {
  const { from, to, days = [] } = value;
  const refuse = (path: string[], message: string) =>
    issues.push({ code: 'custom', path, input: value, message, continue: true });
  if (from === undefined && to === undefined && days.length === 0) refuse([], NEVER);
  if (from !== undefined && to === undefined) refuse(['to'], ONE_HALF);
  if (from === undefined && to !== undefined) refuse(['from'], ONE_HALF);
  if (from !== undefined && to !== undefined && minuteOf(from) === minuteOf(to)) refuse(['to'], SAME);
  if (new Set(days).size === WEEKDAYS.length) refuse(['days'], ALWAYS);
});

/** The setting `quiet` of a chat. */
export const quietSchema = z
  .optional(
    z
      .strictObject({
        from: z
          .optional(timeOfDay)
          .check(z.describe('When quiet hours begin, every day: "22:00". In the time zone of the chat.')),
        to: z
          .optional(timeOfDay)
          .check(z.describe('When they end: "08:00". Earlier than from: on the next day.')),
        days: z
          .optional(z.array(z.enum(WEEKDAYS, { error: dayHint })))
          .check(z.describe('Days that are quiet from midnight to midnight, besides: [sat, sun].')),
        except: z
          .optional(wordsSchema)
          .check(z.describe('Severities or event types that are sent at once: [failure]. Default: none.')),
      })
      .check(sensible),
  )
  .check(z.describe('When to hold what comes, and tell it in one message afterwards. Default: never.'));

export type Quiet = NonNullable<z.output<typeof quietSchema>>;

/**
 * Quiet hours by local time, which also decides in an hour that comes twice or not at all. They depend only on settings
 * and the present moment, so nothing is stored, and changed settings take effect at once.
 */
export function quietHours({ from, to, days = [], except = [] }: Quiet, timeZone: string): QuietHours {
  const whole: ReadonlySet<string> = new Set(days);
  const night = { from: minuteOf(from ?? '00:00'), to: minuteOf(to ?? '00:00') };
  const spans = quietSpans({
    clock: wallClock(timeZone),
    turns: [night.from, night.to, DAY_MINUTES].filter((minute) => minute > 0),
    isQuiet: ({ weekday, minute }) => whole.has(weekday) || isWithin(minute, night),
  });
  const words: ReadonlySet<string> = new Set(except);
  const { moment } = momentsIn(timeZone);
  return {
    ...spans,
    untilWords(now) {
      const until = spans.until(now);
      return until === undefined ? undefined : moment(new Date(until).toISOString());
    },
    excepts: (event) => matchesAny(event, words),
  };
}

interface Night {
  readonly from: number;
  readonly to: number;
}

function isWithin(minute: number, { from, to }: Night): boolean {
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

function minuteOf(text: string): number {
  const [, hours = '', minutes = ''] = MINUTES.exec(text) ?? [];
  return Number(hours) * 60 + Number(minutes);
}
