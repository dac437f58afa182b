import { MOST_CHANNELS } from '../schema/file.ts';
import type { LenientConfig } from './lenient.ts';
import type { ProblemAt } from './problem-at.ts';

/** The record that lists the channels of each project also holds the health of the channels. */
const MOST_PLACES_BYTES = 100_000;
/** Generous room for a channel in addition to its name. */
const PLACE_BYTES = 22;

/** Problems of a file that needs more room than the state has. */
export function capacityProblems({ projects, channels, groups }: LenientConfig): ProblemAt[] {
  const names = Object.keys(channels);
  const path = ['channels'];
  if (names.length > MOST_CHANNELS) {
    const message = `${names.length} channels are more than the record of a task can hold: at most ${MOST_CHANNELS}; use fewer and let them forward the events, or split the file into several, each with a state of its own`;
    return [{ path, message }];
  }
  const partitions = new Set(projects.map(({ id }) => id)).size + Number(Object.keys(groups).length > 0);
  const each = names.reduce((sum, name) => sum + name.length + PLACE_BYTES, 0);
  if (partitions * each <= MOST_PLACES_BYTES) return [];
  const most = Math.floor(MOST_PLACES_BYTES / each);
  const message = `${names.length} channels for ${partitions} projects are more than one record can hold: with these channels at most ${most} projects; split the file into several, each with a state of its own`;
  return [{ path, message }];
}
