import { count } from '../../../base/text.ts';
import type { Config } from '../../../config/schema/file.ts';
import { quietNow } from '../../../runtime/time/quiet-now.ts';
import type { WarmApp } from '../../../runtime/warm-app.ts';
import { type BrokenChannel, healthProblems } from '../../../telemetry/health.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import type { Times } from '../../terminal/times.ts';
import { mutedWords } from '../mute/output.ts';

interface Introduced {
  readonly config: Config;
  readonly state: string;
  readonly terminal: Terminal;
}

/** The first line of a watcher: the watched, the channels, the state, and what is broken or muted already. */
export async function introductionOf(app: WarmApp, { config, state, terminal }: Introduced): Promise<string> {
  return introduce({
    config,
    state,
    broken: await brokenAtStart(app),
    muted: await mutedAtStart(app, terminal.times(config.settings.timeZone)),
    now: terminal.clock.now(),
  });
}

/** The first tick complains of records that cannot be read now. */
async function brokenAtStart(app: WarmApp): Promise<readonly BrokenChannel[]> {
  return app.brokenChannels().catch(() => []);
}

async function mutedAtStart(app: WarmApp, times: Times): Promise<readonly string[]> {
  const mutes = await app.mutes().catch(() => []);
  return mutes.map((mute) => `muted ${mutedWords(mute, times)}`);
}

interface Introduction {
  readonly config: Config;
  /** The place of the state, for people. */
  readonly state: string;
  readonly broken: readonly BrokenChannel[];
  /** The mutes, in words. */
  readonly muted: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

function introduce({ config, state, broken, muted, now }: Introduction): string {
  const { projects, channels, settings } = config;
  const tasks = projects.reduce((sum, project) => sum + project.tasks.length, 0);
  const listed = tasks > 0 ? [count(tasks, 'task')] : [];
  const found = projects.some(({ discover }) => discover !== undefined)
    ? [tasks > 0 ? 'those that are discovered' : 'the tasks that are discovered']
    : [];
  const names = Object.entries(channels).map(([name, channel]) => {
    const until = quietNow(channel, settings, now);
    return `${name} (${channel.type}${until === undefined ? '' : `, quiet now until ${until}`})`;
  });
  const besides = [...healthProblems({ blind: [], silent: [], broken }), ...muted].map(
    (words) => `; ${words}`,
  );
  return `watching ${[...listed, ...found].join(' and ')} in ${count(projects.length, 'project')} every ${settings.intervalMs / 1000} s, sending to ${names.join(', ')}; state in ${state}${besides.join('')}`;
}
