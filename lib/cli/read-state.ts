import type { Locale } from '../language/index.ts';
import { statusSource } from '../runtime/status-source.ts';
import type { StatusSource } from '../status/source.ts';
import { requireConfig } from './configuration.ts';
import { openExistingState, statePlace } from './state-place.ts';
import type { Terminal } from './terminal/terminal.ts';
import type { Times } from './terminal/times.ts';

/** A state that is read, and times as its readers want them. */
export interface StateReading {
  readonly source: StatusSource;
  readonly times: Times;
  /** For pages. */
  readonly locale: Locale;
}

const WHY = 'because it names the tasks and channels that the state is about';

/**
 * Reads a state in the terms of its configuration. Nothing is written, and no state is made.
 *
 * @throws {ConfigError | StoreError}
 */
export async function readState<T>(
  { config: file, state }: { readonly config?: string | undefined; readonly state?: string | undefined },
  terminal: Terminal,
  work: (reading: StateReading) => Promise<T>,
): Promise<T> {
  const config = await requireConfig(file, terminal, WHY);
  const store = await openExistingState(statePlace(state, config, terminal), terminal);
  try {
    const now = new Date(terminal.clock.now());
    const { language, timeZone = terminal.zone } = config.settings;
    const source = await statusSource({ config, store, now });
    return await work({ source, times: terminal.times(timeZone), locale: { language, timeZone } });
  } finally {
    await store.close();
  }
}
