import type { Times } from '../../terminal/times.ts';

/** A time as DCS writes it, as people read it; nothing where the service gives none. */
export type Moments = (text: string | null | undefined) => string | undefined;

/** ISO 8601 with its zone. The other forms of DCS (`2019/10/22 14:44:30`, `202404011057`) do not say theirs. */
const WITH_ZONE = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)$/;

/** Times that say their zone as their readers want them, others as they are. */
export function momentsOf(times: Times): Moments {
  return (text) => {
    if (!text) return undefined;
    const ms = WITH_ZONE.test(text) ? Date.parse(text) : Number.NaN;
    return Number.isNaN(ms) ? text : times(new Date(ms).toISOString());
  };
}

/** The same where there is room to say that DCS does not name the zone. */
export function zonedMoments(moment: Moments): Moments {
  return (text) => {
    const shown = moment(text);
    return shown !== undefined && shown === text ? `${text} (DCS does not say in which zone)` : shown;
  };
}
