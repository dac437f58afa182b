import { statSync } from 'node:fs';
import { reasonOf } from '../base/errors.ts';
import { fingerprint } from '../base/fingerprint.ts';
import type { Reloaded } from './reload.ts';
import type { Config } from './schema/file.ts';
import type { ConfigSource } from './source.ts';

export interface FollowInput {
  readonly place: ConfigSource;
  /** The configuration, just read. */
  readonly config: Config;
  readonly read: () => Promise<Config>;
}

/** The configuration of a running program whose file somebody may edit. */
export interface Followed {
  /**
   * Reads the file again if it changed, or if {@link readAgain} asked for it. A bad file is reported once, and the last
   * good configuration stays.
   */
  reload(): Promise<Reloaded>;
  /** Makes the next reload read an unchanged file too, because its references may have new values. */
  readAgain(): void;
}

export function followConfig({ place, config, read }: FollowInput): Followed {
  let good = config;
  let seen = versionOf(place);
  let isAsked = false;

  return {
    readAgain() {
      isAsked = true;
    },
    async reload() {
      const version = versionOf(place);
      if (!isAsked && version === seen) return { config: good };
      isAsked = false;
      seen = version;
      try {
        const latest = await read();
        if (fingerprint(latest) !== fingerprint(good)) good = latest;
        return { config: good };
      } catch (error) {
        return {
          config: good,
          problem: `the configuration has changed but cannot be used, so the previous one stays in use: ${reasonOf(error)}`,
        };
      }
    },
  };
}

/** A text that changes when the file is edited, replaced or removed. A parameter has no such mark. */
function versionOf(place: ConfigSource): string {
  if (!('file' in place)) return '';
  const stats = statSync(place.file, { throwIfNoEntry: false });
  return stats === undefined ? '' : [stats.ino, stats.size, stats.mtimeMs].join(' ');
}
