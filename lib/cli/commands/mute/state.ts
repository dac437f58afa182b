import type { Config } from '../../../config/schema/file.ts';
import type { Store } from '../../../store/store.ts';
import { requireConfig } from '../../configuration.ts';
import type { StateOptions } from '../../options.ts';
import { openExistingState, statePlace } from '../../state-place.ts';
import type { Terminal } from '../../terminal/terminal.ts';

const WHY_CONFIG = 'because it decides what can be muted';

/** Does work on a state that is there: a mistyped one is not made. */
export async function withState<T>(
  options: StateOptions,
  terminal: Terminal,
  work: (config: Config, store: Store) => Promise<T>,
): Promise<T> {
  const config = await requireConfig(options.config, terminal, WHY_CONFIG);
  const store = await openExistingState(statePlace(options.state, config, terminal), terminal);
  try {
    return await work(config, store);
  } finally {
    await store.close();
  }
}
