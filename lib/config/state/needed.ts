import type { Path } from '../path.ts';
import { isSettings, type Value } from '../yaml/tree.ts';

/** Settings of a project for its calls. An unknown region or endpoint becomes an empty text. */
const OF_CALLS: ReadonlySet<string> = new Set(['credentials', 'endpoint', 'region']);
/** Settings of a project that reading its state does not need. */
const OF_SHOW: ReadonlySet<string> = new Set(['consoleUrl', 'allowInsecure']);
/** Settings of a channel that reading a state needs. */
const OF_READING: ReadonlySet<string> = new Set(['type', 'quiet', 'timeZone', 'language']);
/** The heartbeat, which only serves calls, and whose address is a secret. */
const HEARTBEAT = 'heartbeat';

/** A file without the settings that only calls and messages need. */
export function withoutSecrets(file: Value): Value {
  if (!isSettings(file)) return file;
  return Object.fromEntries(
    Object.entries(file).flatMap(([section, value]) => {
      const read = Object.hasOwn(READERS, section) ? READERS[section] : undefined;
      return read === undefined ? [] : [[section, read(value)]];
    }),
  );
}

/** The parts that readers need, by section; they need no other section. */
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
 * The part to leave out when a text is missing: one setting, or the whole entry if its state cannot be read without the
 * text.
 *
 * @returns nothing where readers do not need the text
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
