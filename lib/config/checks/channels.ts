import { factsOf } from '../../channels/index.ts';
import { isSettings, type Value } from '../yaml/tree.ts';
import type { ProblemAt } from './problem-at.ts';

/**
 * What the types of channels find beyond the form of their settings.
 *
 * @param written the same before references were filled
 */
export async function channelProblems(filled: Value, written: Value): Promise<ProblemAt[]> {
  const before = channelsOf(written);
  const found = Object.entries(channelsOf(filled)).map(async ([name, settings]) => {
    const type = isSettings(settings) ? settings['type'] : undefined;
    const facts = typeof type === 'string' ? factsOf(type) : undefined;
    const problems = await facts?.examine?.({ filled: settings, written: before[name] });
    return (problems ?? []).map(({ path, message }) => ({ path: ['channels', name, ...path], message }));
  });
  return (await Promise.all(found)).flat();
}

function channelsOf(value: Value): { readonly [name: string]: Value } {
  const channels = isSettings(value) ? value['channels'] : undefined;
  return isSettings(channels) ? channels : {};
}
