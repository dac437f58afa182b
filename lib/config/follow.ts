import { statSync } from 'node:fs';
import { reasonOf } from '../base/errors.ts';
import { fingerprint } from '../base/fingerprint.ts';
import type { Reloaded } from './reload.ts';
import type { Config } from './schema/file.ts';
import type { ConfigSource } from './source.ts';

export interface FollowInput {
  readonly place: ConfigSource;
  /** As it was read just now. */
  readonly config: Config;
  readonly read: () => Promise<Config>;
}

/** The configuration of a program that runs on while somebody edits the file. */
export interface Followed {
  /**
   * Reads the file again if it is another one than before, or if that was asked for. A bad one is reported once, and the
   * last good one is kept.
   */
  reload(): Promise<Reloaded>;
  /** Has it read again although the file looks the same: what it refers to may have changed. */
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

/** Changes when the file is edited, replaced or removed; a parameter shows nothing like it. */
function versionOf(place: ConfigSource): string {
  if (!('file' in place)) return '';
  const stats = statSync(place.file, { throwIfNoEntry: false });
  return stats === undefined ? '' : [stats.ino, stats.size, stats.mtimeMs].join(' ');
}
