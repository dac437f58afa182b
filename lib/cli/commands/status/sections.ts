import type {
  ChannelStatus,
  DeliveryCounts,
  FailingStatus,
  MuteStatus,
  ProjectStatus,
  Status,
  TaskStatus,
} from '../../../status/status.ts';
import type { Times } from '../../terminal/times.ts';
import { nameOf, words } from './words.ts';

/** Lines under a heading. */
export interface Section {
  readonly heading: string;
  readonly lines: readonly string[];
}

/** Everything but the tables, in the order in which it matters; sections without a line are left out. */
export function sectionsOf(status: Status, times: Times): readonly Section[] {
  const { tasks, projects, channels, mutes } = status;
  const sections = [
    { heading: 'NOT READY', lines: tasks.flatMap(unreadyLines) },
    {
      heading: 'LOOKS FAIL',
      lines: tasks.flatMap((task) => failingLines(nameOf(task), task.failing, times)),
    },
    { heading: 'OUT OF SIGHT', lines: projects.flatMap((project) => projectLines(project, times)) },
    { heading: 'CHANNELS', lines: channels.flatMap((channel) => channelLines(channel, times)) },
    { heading: 'MUTED', lines: mutes.map((mute) => muteLine(mute, times)) },
  ];
  return sections.filter(({ lines }) => lines.length > 0);
}

/** A replication that is not ready is what somebody waits for; that a copy is under way stands in the table. */
function unreadyLines(task: TaskStatus): string[] {
  const { state, words: why } = task.readiness;
  const isWaiting = task.phase === 'incremental' && (state === 'not ready' || state === 'not known');
  return isWaiting ? [`${nameOf(task)}: ${words(why)}`] : [];
}

function failingLines(name: string, failing: FailingStatus | undefined, times: Times): string[] {
  if (failing === undefined) return [];
  const { since, reason, words: why } = failing;
  return [`${name}: since ${times(since)} (${words(reason)}): ${words(why)}`];
}

function projectLines(project: ProjectStatus, times: Times): string[] {
  const name = words(project.name);
  const { failing, cooldownUntil, degraded } = project;
  return [
    ...failingLines(name, failing, times),
    ...(cooldownUntil === undefined ? [] : [`${name}: left alone until ${times(cooldownUntil)}`]),
    ...(degraded.length === 0
      ? []
      : [`${name}: ${degraded.join(', ')} gives no answer; looks go on without it`]),
  ];
}

/** Channels without pending deliveries that work are left out. */
function channelLines(channel: ChannelStatus, times: Times): string[] {
  const { broken, restsUntil, quietUntil } = channel;
  const facts = [
    ...pendingWords(channel),
    ...(broken === undefined
      ? []
      : [
          `broken since ${times(broken.since)} (${words(broken.reason)}), next try ${times(broken.nextTryAt)}`,
        ]),
    ...(restsUntil === undefined ? [] : [`rests until ${times(restsUntil)}`]),
    ...(quietUntil === undefined ? [] : [`quiet until ${times(quietUntil)}`]),
  ];
  return facts.length === 0 ? [] : [`${words(channel.name)} (${channel.type}): ${facts.join('; ')}`];
}

/** `3 pending (2 of them held)`, `1 dead` */
export function pendingWords({ pending, held, dead }: DeliveryCounts): string[] {
  const heldWords = held === 0 ? '' : held === pending ? ' (held)' : ` (${held} of them held)`;
  return [
    ...(pending === 0 ? [] : [`${pending} pending${heldWords}`]),
    ...(dead === 0 ? [] : [`${dead} dead`]),
  ];
}

function muteLine({ id, scope, name, until, why }: MuteStatus, times: Times): string {
  return `${scope} ${words(name)} until ${times(until)}: ${words(why)} (${id})`;
}
