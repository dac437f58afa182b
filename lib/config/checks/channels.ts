import { type LoadedTypes, loadTypes } from '../../channels/index.ts';
import { isSettings, type Value } from '../yaml/tree.ts';
import type { ProblemAt } from './problem-at.ts';

/** The types of channels that a file names. */
export function typesIn(value: Value): Promise<LoadedTypes> {
  return loadTypes(new Set(Object.values(channelsOf(value)).map(typeOf)));
}

/**
 * The problems that channel types find beyond the schema of their settings.
 *
 * @param written the configuration before references were filled
 */
export async function channelProblems(
  filled: Value,
  written: Value,
  types: LoadedTypes,
): Promise<ProblemAt[]> {
  const before = channelsOf(written);
  const found = Object.entries(channelsOf(filled)).map(async ([name, settings]) => {
    const problems = await types
      .get(typeOf(settings))
      ?.examine?.({ filled: settings, written: before[name] });
    return (problems ?? []).map(({ path, message }) => ({ path: ['channels', name, ...path], message }));
  });
  return (await Promise.all(found)).flat();
}

function typeOf(settings: Value): string {
  const type = isSettings(settings) ? settings['type'] : undefined;
  return typeof type === 'string' ? type : '';
}

function channelsOf(value: Value): { readonly [name: string]: Value } {
  const channels = isSettings(value) ? value['channels'] : undefined;
  return isSettings(channels) ? channels : {};
}
