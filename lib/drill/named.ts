import { nearest } from '../base/nearest.ts';
import { printable } from '../base/text.ts';

/** @returns in words what is wrong, when a name is no channel's or there is no channel */
export function channelNameProblem(named: readonly string[], names: readonly string[]): string | undefined {
  if (names.length === 0) return 'the configuration has no channels';
  const unknown = named.find((name) => !names.includes(name));
  if (unknown === undefined) return undefined;
  const meant = nearest(unknown, names);
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return `the configuration has no channel ${printable(unknown)}${hint}; it has ${names.join(', ')}`;
}
