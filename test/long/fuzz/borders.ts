import { ADDRESS } from './addresses.ts';
import { type Exploration, type Exploring, explore } from './border.ts';
import { CONFIGURATION } from './configuration.ts';
import { ANSWER, ERROR, MESSAGE, REFUSAL } from './dcs.ts';
import { LIST, LOGS, STATS } from './enrichment.ts';
import { LINE, SHOWN, SLACK } from './messages.ts';
import { STORED } from './stored.ts';
import { WAIT } from './waiting.ts';

interface Explorer {
  readonly name: string;
  readonly explore: (options: Exploring) => Promise<Exploration>;
}

/** Every place where something foreign comes in. */
export const BORDERS: readonly Explorer[] = [
  { name: ANSWER.name, explore: (options) => explore(ANSWER, options) },
  { name: LIST.name, explore: (options) => explore(LIST, options) },
  { name: STATS.name, explore: (options) => explore(STATS, options) },
  { name: LOGS.name, explore: (options) => explore(LOGS, options) },
  { name: ERROR.name, explore: (options) => explore(ERROR, options) },
  { name: REFUSAL.name, explore: (options) => explore(REFUSAL, options) },
  { name: MESSAGE.name, explore: (options) => explore(MESSAGE, options) },
  { name: WAIT.name, explore: (options) => explore(WAIT, options) },
  { name: STORED.name, explore: (options) => explore(STORED, options) },
  { name: CONFIGURATION.name, explore: (options) => explore(CONFIGURATION, options) },
  { name: ADDRESS.name, explore: (options) => explore(ADDRESS, options) },
  { name: SHOWN.name, explore: (options) => explore(SHOWN, options) },
  { name: SLACK.name, explore: (options) => explore(SLACK, options) },
  { name: LINE.name, explore: (options) => explore(LINE, options) },
];
