import type { Path } from '../path.ts';
import { isSettings, type Value } from '../yaml/tree.ts';

/** Settings of a project for its calls; an empty text stands for a region or an endpoint that is not known. */
const OF_CALLS: ReadonlySet<string> = new Set(['credentials', 'endpoint', 'region']);
/** Settings of a project without which its state can be read. */
const OF_SHOW: ReadonlySet<string> = new Set(['consoleUrl', 'allowInsecure']);
/** Settings of a channel that do not serve sending. */
const OF_READING: ReadonlySet<string> = new Set(['type', 'quiet', 'timeZone', 'language']);
/** It is called, and its address is a secret. */
const HEARTBEAT = 'heartbeat';

/** A file without what serves calls and messages alone. */
export function withoutSecrets(file: Value): Value {
  if (!isSettings(file)) return file;
  return Object.fromEntries(
    Object.entries(file).flatMap(([section, value]) => {
      const read = Object.hasOwn(READERS, section) ? READERS[section] : undefined;
      return read === undefined ? [] : [[section, read(value)]];
    }),
  );
}

/** The part of each section that readers need; other sections are none of theirs. */
const READERS: Readonly<Record<string, (value: Value) => Value>> = {
  projects: (all) =>
    Array.isArray(all) ? all.map((one) => only(one, (setting) => setting !== 'credentials')) : all,
  channels: (all) => (isSettings(all) ? channelsOf(all) : all),
  groups: (all) => all,
  settings: (all) => only(all, (setting) => setting !== HEARTBEAT),
};

function channelsOf(all: { [name: string]: Value }): Value {
  const named = Object.entries(all);
  return Object.fromEntries(
    named.map(([name, one]) => [name, only(one, (setting) => OF_READING.has(setting))]),
  );
}

function only(value: Value, isWanted: (name: string) => boolean): Value {
  if (!isSettings(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => isWanted(name)));
}

/**
 * The part of a file that goes with a text that cannot be had: one setting, or the whole entry where the state cannot be
 * asked about it then.
 *
 * @returns nothing where readers do without
 */
export function gapAt([section = '', entry = '', setting = '']: Path): Path | undefined {
  const name = String(setting);
  switch (section) {
    case 'settings':
      return entry === HEARTBEAT ? undefined : [section, entry];
    case 'channels':
      if (name === 'type') return [section, entry];
      return OF_READING.has(name) ? [section, entry, name] : undefined;
    case 'projects':
      if (OF_CALLS.has(name)) return undefined;
      return OF_SHOW.has(name) ? [section, entry, name] : [section, entry];
    default:
      return [section, entry];
  }
}

/** A value without its parts at these paths. */
export function withoutParts(value: Value, gaps: readonly Path[], at: Path = []): Value {
  const isGap = (path: Path) => gaps.some((gap) => JSON.stringify(gap) === JSON.stringify(path));
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => (isGap([...at, i]) ? [] : [withoutParts(item, gaps, [...at, i])]));
  }
  if (!isSettings(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) =>
      isGap([...at, name]) ? [] : [[name, withoutParts(item, gaps, [...at, name])]],
    ),
  );
}
