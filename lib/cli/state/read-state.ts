import { findConfig, readStateConfig } from '../../config/source.ts';
import { noStateConfig } from '../../config/state/load.ts';
import type { StateConfig } from '../../config/state/state-config.ts';
import type { Locale } from '../../language/index.ts';
import { statusSource } from '../../runtime/status-source.ts';
import type { StatusSource } from '../../status/source.ts';
import type { Store } from '../../store/store.ts';
import { noConfigHere } from '../configuration.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Times } from '../terminal/times.ts';
import { isStateNamed, openExistingState, statePlace } from './state-place.ts';

/** A state that is read, and times as its readers want them. */
export interface StateReading {
  readonly config: StateConfig;
  readonly store: Store;
  readonly source: StatusSource;
  readonly times: Times;
  /** For pages. */
  readonly locale: Locale;
}

/** Where a state is, and the configuration in whose terms it is read. */
export interface StateToRead {
  readonly config?: string | undefined;
  readonly state?: string | undefined;
  /** Continues the sentence that there is no state. */
  readonly hint?: string | undefined;
}

const WHY =
  'because it names the tasks and channels that the state is about; or name the state alone with --state';

/**
 * Reads a state in the terms of its configuration, without its secrets; where there is none, in the state's own. No state
 * is made.
 *
 * @throws {ConfigError | StoreError}
 */
export async function readState<T>(
  { config: file, state, hint }: StateToRead,
  terminal: Terminal,
  work: (reading: StateReading) => Promise<T>,
): Promise<T> {
  const config = await configForState(file, state, terminal);
  for (const line of config.leftOut) terminal.complain(line);
  const store = await openExistingState(statePlace(state, config, terminal), terminal, hint);
  try {
    const { language, timeZone = terminal.zone } = config.settings;
    const source = await statusSource({ config, store, now: new Date(terminal.clock.now()) });
    const isUnknown = !config.isWhole && source.mark !== undefined && source.mark.outline === undefined;
    if (isUnknown) terminal.complain(OF_OLDER);
    const times = terminal.times(timeZone);
    return await work({ config, store, source, times, locale: { language, timeZone } });
  } finally {
    await store.close();
  }
}

const OF_OLDER =
  'this state does not say yet what is watched: its next tick with this version will; until then, name the configuration with --config';

async function configForState(
  option: string | undefined,
  state: string | undefined,
  terminal: Terminal,
): Promise<StateConfig> {
  const { env, cwd } = terminal;
  const found = findConfig({ option, env, cwd });
  if (found !== undefined) return readStateConfig(found, env);
  if (isStateNamed(state, env)) return noStateConfig(env);
  throw noConfigHere(cwd, WHY);
}
