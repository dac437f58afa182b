import { defined } from '../../base/defined.ts';
import type { Config } from '../../config/schema/file.ts';
import { type StateChannel, stateConfigOf } from '../../config/state/state-config.ts';
import type { MarkedChannel, MarkedProject, Outline } from '../../records/mark.ts';

/** The outline of a configuration, for the marks of its ticks. */
export async function outlineOf(config: Config, intervalMs: number): Promise<Outline> {
  const { projects, channels } = await stateConfigOf(config);
  return {
    intervalMs,
    projects: projects.flatMap(({ id, name, region = '', consoleUrl, access }) =>
      access === undefined ? [] : [defined<MarkedProject>({ id, name, region, consoleUrl, ...access })],
    ),
    channels: Object.entries(channels).flatMap(markedChannel),
  };
}

function markedChannel([name, { type, audience, settings }]: [string, StateChannel]): MarkedChannel[] {
  return settings === undefined ? [] : [{ name, type, audience, settings }];
}
