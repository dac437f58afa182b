/** Where every timeline begins. Midnight, so that its clock times are those of the events. */
const START = Date.parse('2026-01-05T00:00:00.000Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const MOMENT = /^(?:(-?\d+)d )?(\d\d):(\d\d)(?::(\d\d))?$/;
const SPAN = /^(\d+)(s|m|h|d)$/;
const UNITS: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', MINUTE],
  ['h', 60 * MINUTE],
  ['d', DAY],
]);

/** `02:15`, `02:15:30` or, on a later day, `3d 02:15`, as milliseconds since the epoch. */
export function readMoment(text: string): number {
  const [, days = '0', hours, minutes, seconds = '0'] = MOMENT.exec(text) ?? [];
  if (hours === undefined) throw new Error(`no time of a timeline: ${text}`);
  return (
    START + Number(days) * DAY + (Number(hours) * 60 + Number(minutes)) * MINUTE + Number(seconds) * 1000
  );
}

export function isMoment(text: string): boolean {
  return MOMENT.test(text);
}

/** The other way round; milliseconds are not shown. */
export function writeMoment(ms: number): string {
  const since = ms - START;
  const days = Math.floor(since / DAY);
  const clock = new Date(ms).toISOString().slice(11, 19).replace(/:00$/, '');
  return days === 0 ? clock : `${days}d ${clock}`;
}

/** `30s`, `5m`, `2h`, `7d`, in milliseconds. */
export function readSpan(text: string): number {
  const [, amount, unit = ''] = SPAN.exec(text) ?? [];
  const ms = UNITS.get(unit);
  if (ms === undefined) throw new Error(`no span of time: ${text}`);
  return Number(amount) * ms;
}

export function isSpan(text: string): boolean {
  return SPAN.test(text);
}

const ISO = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

/** A text with the times of a timeline in the place of dates. */
export function withMoments(text: string): string {
  return text.replace(ISO, (iso) => writeMoment(Date.parse(iso)));
}
