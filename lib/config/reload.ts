import { reasonOf } from '../base/errors.ts';
import { fingerprint } from '../base/fingerprint.ts';
import { ConfigError } from './errors.ts';
import type { Config } from './schema/file.ts';

const MINUTE = 60_000;
/** Age at which a configuration is read again, to notice changed parameters. */
const STALE_AFTER_MS = 5 * MINUTE;
/**
 * Age at which a configuration that cannot be read again is given up, because a revoked secret must not be used for
 * ever.
 */
const USABLE_FOR_MS = 60 * MINUTE;
/** The longest wait of a tick for parameters. For many of them the AWS SDK alone would wait many times as long. */
const PATIENCE_MS = 10_000;

/**
 * The use of a configuration. `fresh`: as it is. `stale`: read again, but still used if that fails. `unusable`: no
 * longer used.
 */
export type Freshness = 'fresh' | 'stale' | 'unusable';

/** One moment in milliseconds by both clocks of {@link Clock}: the wall clock, and the one that is never set. */
export interface Moment {
  readonly now: number;
  readonly elapsed: number;
}

/**
 * Decides by the clock that shows the greater age: the wall clock may be set back, and the other one stands still while
 * a platform freezes the program. A wall clock that was set back makes the configuration stale, but never unusable.
 */
export function freshness(readAt: Moment, at: Moment): Freshness {
  const ageMs = ageAt(readAt, at);
  if (ageMs >= USABLE_FOR_MS) return 'unusable';
  return Math.max(ageMs, readAt.now - at.now) < STALE_AFTER_MS ? 'fresh' : 'stale';
}

function ageAt(readAt: Moment, at: Moment): number {
  return Math.max(at.elapsed - readAt.elapsed, at.now - readAt.now);
}

export interface ReloadInput {
  /** The configuration, just read. */
  readonly config: Config;
  /** Absent where it cannot change. */
  readonly readAgain?: (() => Promise<Config>) | undefined;
  readonly clock: { now(): number; elapsed(): number };
  readonly patienceMs?: number;
}

export interface Reloaded {
  /** The same object as long as nothing has changed. */
  readonly config: Config;
  /** The reason why a due reading failed. */
  readonly problem?: string;
}

/**
 * The configuration of a warm program: read again when it is stale, and kept for an hour while reading fails. Only
 * memory holds it.
 *
 * @returns a function that gives the configuration to use now
 * @throws {ConfigError} from that function, when the last good configuration is too old and cannot be read again
 */
export function reloadWhenStale({
  config,
  readAgain,
  clock,
  patienceMs = PATIENCE_MS,
}: ReloadInput): () => Promise<Reloaded> {
  const moment = (): Moment => ({ now: clock.now(), elapsed: clock.elapsed() });
  let good = { config, readAt: moment() };
  let reading: Promise<void> | undefined;

  const take = (latest: Config, readAt: Moment): void => {
    const isSame = fingerprint(latest) === fingerprint(good.config);
    good = { config: isSame ? good.config : latest, readAt };
  };

  /** A reading that takes too long goes on in the background, and a later tick uses its result. */
  const refresh = (again: () => Promise<Config>): Promise<void> => {
    const startedAt = moment();
    reading ??= again()
      .then((latest) => take(latest, startedAt))
      .finally(() => {
        reading = undefined;
      });
    return inTime(reading, patienceMs);
  };

  return async () => {
    const known = good;
    const is = freshness(known.readAt, moment());
    if (readAgain === undefined || is === 'fresh') return { config: known.config };
    try {
      await refresh(readAgain);
      return { config: good.config };
    } catch (error) {
      if (is === 'unusable') throw tooOld(error);
      return { config: known.config, problem: problemWords(error, ageAt(known.readAt, moment())) };
    }
  };
}

async function inTime<T>(work: Promise<T>, patienceMs: number): Promise<T> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const late = () => reject(new ConfigError('no_config', `no answer within ${patienceMs / 1000} s`));
  const timer = setTimeout(late, patienceMs);
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

function problemWords(error: unknown, ageMs: number): string {
  const minutes = Math.round(ageMs / MINUTE);
  return `the configuration could not be read again; the one from ${minutes} min ago is used, for at most ${USABLE_FOR_MS / MINUTE} min: ${reasonOf(error)}`;
}

function tooOld(error: unknown): ConfigError {
  const [code, problems] =
    error instanceof ConfigError ? [error.code, error.problems] : (['no_config', []] as const);
  const message = `the last good configuration is older than ${USABLE_FOR_MS / MINUTE} min and cannot be read again, so it is no longer used; make it and its parameters readable and valid: ${reasonOf(error)}`;
  return new ConfigError(code, message, problems);
}
