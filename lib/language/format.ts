/** `25 min`, `2.5 h`, `7 d`. */
export function spanWords(seconds: number): string {
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min`;
  const hours = Math.round(seconds / 360) / 10;
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 2.4) / 10} d`;
}

const UNITS = ['kB', 'MB', 'GB', 'TB', 'PB'];
const THOUSAND = 1000;
/** Below so many of a unit, a tenth of it is said. */
const WITH_TENTHS = 10;

/**
 * A lag for people, rounded up: it is never made smaller than it is. The service calls its `offset` a difference in data
 * volume and documents no unit (API reference, ShowMigrationTaskStats); Redis counts its replication offset in bytes, so
 * it is said in bytes.
 */
export function bytesWords(bytes: number): string {
  if (bytes < THOUSAND) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  let size = THOUSAND;
  for (const unit of UNITS) {
    // Whole numbers are divided, so that 9.1 GB do not become 9.2 by an error in the last place.
    const isSmall = Math.ceil(bytes / (size / WITH_TENTHS)) < WITH_TENTHS * WITH_TENTHS;
    const value = isSmall ? Math.ceil(bytes / (size / WITH_TENTHS)) / WITH_TENTHS : Math.ceil(bytes / size);
    if (value < THOUSAND || unit === UNITS.at(-1)) return `${value} ${unit}`;
    size *= THOUSAND;
  }
  return `${bytes} bytes`;
}

/** `2026-01-05 02:12 UTC` */
export function momentWords(iso: string): string {
  return `${iso.slice(0, 16).replace('T', ' ')} UTC`;
}
