import type { Env } from '../../base/env.ts';
import { momentsIn } from '../../language/moments.ts';

/** Makes a time (ISO 8601, UTC) one for people, with its zone: `2026-01-05 10:12:07 UTC+8`. */
export type Times = (iso: string) => string;

/** @param timeZone its IANA name, or an offset */
export function timesIn(timeZone: string): Times {
  const { day, clock, zone } = momentsIn(timeZone);
  // No zone differs from UTC by a part of a minute.
  return (iso) => `${day(iso)} ${clock(iso)}:${iso.slice(17, 19)} ${zone(iso)}`;
}

const MOMENTS = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** A sentence with its moments (ISO 8601, UTC) as its readers want them. */
export function withTimes(sentence: string, times: Times): string {
  return sentence.replace(MOMENTS, times);
}

/** The zone of the machine, as `TZ` or its settings say. */
export function zoneOf(env: Env): string {
  const zone = env['TZ'] || Intl.DateTimeFormat().resolvedOptions().timeZone;
  return isZone(zone) ? zone : 'UTC';
}

function isZone(timeZone: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone }) !== undefined;
  } catch {
    return false;
  }
}
