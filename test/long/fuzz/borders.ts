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
  readonly explore: (course: Exploring) => Promise<Exploration>;
}

/** Every place where something foreign comes in. */
export const BORDERS: readonly Explorer[] = [
  { name: ANSWER.name, explore: (course) => explore(ANSWER, course) },
  { name: LIST.name, explore: (course) => explore(LIST, course) },
  { name: STATS.name, explore: (course) => explore(STATS, course) },
  { name: LOGS.name, explore: (course) => explore(LOGS, course) },
  { name: ERROR.name, explore: (course) => explore(ERROR, course) },
  { name: REFUSAL.name, explore: (course) => explore(REFUSAL, course) },
  { name: MESSAGE.name, explore: (course) => explore(MESSAGE, course) },
  { name: WAIT.name, explore: (course) => explore(WAIT, course) },
  { name: STORED.name, explore: (course) => explore(STORED, course) },
  { name: CONFIGURATION.name, explore: (course) => explore(CONFIGURATION, course) },
  { name: ADDRESS.name, explore: (course) => explore(ADDRESS, course) },
  { name: SHOWN.name, explore: (course) => explore(SHOWN, course) },
  { name: SLACK.name, explore: (course) => explore(SLACK, course) },
  { name: LINE.name, explore: (course) => explore(LINE, course) },
];
