/** Moments as people in one time zone read them. */
export interface Moments {
  /** With the zone named: `2026-01-05 10:12 UTC+8`. */
  moment(iso: string): string;
  /** The day alone: `2026-01-05`. */
  day(iso: string): string;
  /** The time of day alone: `10:12`. */
  clock(iso: string): string;
  /** The zone at that moment, as its distance from UTC, which no other zone is mistaken for: `UTC+8`. */
  zone(iso: string): string;
}

interface Parts {
  readonly day: string;
  readonly clock: string;
  readonly zone: string;
}

/** @param timeZone its IANA name, or an offset: whatever Intl takes */
export function momentsIn(timeZone: string): Moments {
  const partsOf = timeZone === 'UTC' ? partsInUtc : partsIn(timeZone);
  return {
    moment(iso) {
      const { day, clock, zone } = partsOf(iso);
      return `${day} ${clock} ${zone}`;
    },
    day: (iso) => partsOf(iso).day,
    clock: (iso) => partsOf(iso).clock,
    zone: (iso) => partsOf(iso).zone,
  };
}

/** Events store their moments as ISO 8601 in UTC. */
function partsInUtc(iso: string): Parts {
  return { day: iso.slice(0, 10), clock: iso.slice(11, 16), zone: 'UTC' };
}

function partsIn(timeZone: string): (iso: string) => Parts {
  let format: Intl.DateTimeFormat | undefined;
  return (iso) => {
    const time = Date.parse(iso);
    if (Number.isNaN(time)) return partsInUtc(iso);
    format ??= formatIn(timeZone);
    const parts = new Map(format.formatToParts(time).map(({ type, value }) => [type, value]));
    const [year, month, day] = [parts.get('year'), parts.get('month'), parts.get('day')];
    return {
      day: `${year}-${month}-${day}`,
      clock: `${parts.get('hour')}:${parts.get('minute')}`,
      zone: (parts.get('timeZoneName') ?? '').replace('GMT', 'UTC').replace(/\+0$/, ''),
    };
  };
}

/** Made with the first message: most runs write none, and it costs each start some milliseconds. */
function formatIn(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'shortOffset',
  });
}
