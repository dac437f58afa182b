import { nearest } from '../base/nearest.ts';
import { readersOf } from '../channels/index.ts';
import type { Config } from '../config/schema/file.ts';

type Channels = Config['channels'];

/** The channels that a rehearsal sends to, and those that it leaves out. */
export interface Audience {
  readonly channels: Channels;
  readonly leftOut: readonly string[];
}

/**
 * A rehearsal is for people: it goes to the chats of a configuration. Programs act on events, so they get it
 * only when somebody names them.
 *
 * @param named channels that are to get it, whatever they are
 * @returns in words what is wrong, when a name is no channel's or nobody would get it
 */
export async function audienceOf(all: Channels, named: readonly string[]): Promise<Audience | string> {
  const names = Object.keys(all);
  const unknown = named.find((name) => !Object.hasOwn(all, name));
  if (unknown !== undefined) {
    const meant = nearest(unknown, names);
    const hint = meant === undefined ? ';' : `, did you mean ${meant}?`;
    return `there is no channel ${JSON.stringify(unknown)}${hint} the configuration has ${names.join(', ')}`;
  }
  const chosen = (await chatsAnd(named, all)).map(([name, channel]) => [name, asRehearsed(channel)] as const);
  if (chosen.length === 0) {
    return `a rehearsal goes to chats, and the configuration has none; name the channels to use, each with --channel NAME: ${names.join(', ')}`;
  }
  const channels = Object.fromEntries(chosen);
  return { channels, leftOut: names.filter((name) => !Object.hasOwn(channels, name)) };
}

async function chatsAnd(named: readonly string[], all: Channels): Promise<[string, Channels[string]][]> {
  const read = await Promise.all(
    Object.entries(all).map(async ([name, channel]) => ({ name, channel, by: await readersOf(channel) })),
  );
  return read.flatMap(({ name, channel, by }) =>
    by === 'people' || named.includes(name) ? [[name, channel]] : [],
  );
}

/**
 * Played events belong to no project of the configuration and have no labels: a filter for those would keep them all away. So
 * would quiet hours, though somebody waits to see them.
 */
function asRehearsed(configured: Channels[string]): Channels[string] {
  const channel = 'quiet' in configured ? { ...configured, quiet: undefined } : configured;
  if (channel.when === undefined) return channel;
  const { projects: _projects, labels: _labels, ...when } = channel.when;
  return { ...channel, when };
}
