import type { ChannelStatus, Status } from '../../status/status.ts';
import { labelOf } from './label.ts';
import type { Metrics } from './registry.ts';
import { taskMetrics } from './tasks.ts';

/** The figures of what is known. Tasks and channels that are gone have none. */
export type StateMetrics = (status: Status | undefined) => void;

export function stateMetrics(metrics: Metrics): StateMetrics {
  const readable = metrics.gauge(
    'state_readable',
    '1 when the state could be read for this answer, else 0: then nothing is said of tasks and channels.',
  );
  const tasks = taskMetrics(metrics);
  const channels = channelMetrics(metrics);
  return (status) => {
    readable.set(status === undefined ? 0 : 1);
    tasks(status);
    channels(status?.channels ?? []);
  };
}

function channelMetrics(metrics: Metrics): (channels: readonly ChannelStatus[]) => void {
  const gauge = (name: string, help: string) => metrics.gaugeBy(`channel_${name}`, help, ['channel', 'type']);
  const broken = gauge('broken', '1 when the channel is broken until somebody repairs it, else 0.');
  const pending = gauge('pending_deliveries', 'Deliveries pending for the channel, those held included.');
  const held = gauge('held_deliveries', 'Deliveries that wait for the end of quiet hours or of a mute.');
  const dead = gauge('dead_letters', 'Dead letters of the channel that are kept.');
  return (channels) => {
    for (const one of [broken, pending, held, dead]) one.reset();
    for (const channel of channels) {
      const labels = { channel: labelOf(channel.name), type: channel.type };
      broken.set(labels, channel.broken === undefined ? 0 : 1);
      pending.set(labels, channel.pending);
      held.set(labels, channel.held);
      dead.set(labels, channel.dead);
    }
  };
}
