import { defined } from '../../base/defined.ts';
import type { EventGroup, EventType } from '../../events/event.ts';
import { EARLIER, type Example } from './example.ts';
import { inStepAt } from './statuses.ts';

type GroupEventType = Extract<EventType, `dcs.group.${string}`>;
type WatchEventType = Extract<EventType, `dcs.watch.${string}`>;
type Member = EventGroup['members'][number];

/** The group of an example as its name and its project stand in the configuration. */
export interface GroupPlace {
  readonly name: string;
  readonly project: string;
}

/** Examples of events about a group, with the group. */
export interface GroupExample {
  readonly facts: Example;
  group(place: GroupPlace, at: string): EventGroup;
}

/** How far a member is, where that is not the usual. */
interface MemberLook {
  readonly phase?: Member['phase'];
  readonly ready?: boolean;
  readonly lastFigures?: Member['lastFigures'];
}

const NAMES = ['orders-cache', 'payments-cache', 'sessions'] as const;

function groupOf(place: GroupPlace, memberAt: (index: number) => MemberLook): EventGroup {
  const members = NAMES.map((name, index): Member => {
    const { phase = 'incremental', ready = true, lastFigures } = memberAt(index);
    return defined({
      id: `example-${index + 1}`,
      name,
      project: place.project,
      phase,
      ready,
      lastFigures,
    });
  });
  return { name: place.name, size: NAMES.length, projects: [place.project], members };
}

const FAILED = { tasks: [{ name: NAMES[0] }], more: 0 };
const LATE = { tasks: [{ name: NAMES[0], phase: 'incremental' }], more: 0 } as const;

const GROUP_READY: GroupExample = {
  facts: (ago) => ({
    severity: 'action',
    validUntil: ago(-60),
    sequence: String(Math.floor(Date.parse(ago(0)) / 1000)),
  }),
  group: (place) => groupOf(place, () => ({})),
};

const GROUP_FINISHED: GroupExample = {
  facts: () => ({ severity: 'success' }),
  group: (place, at) => groupOf(place, () => ({ phase: 'stopped', ready: false, lastFigures: inStepAt(at) })),
};

const GROUP_UNCHECKED: GroupExample = {
  facts: () => ({ severity: 'action', unchecked: `what became of ${NAMES[0]}` }),
  group: (place, at) => ({ ...GROUP_FINISHED.group(place, at), unchecked: FAILED }),
};

export const GROUP_EXAMPLES: Readonly<Record<GroupEventType, readonly GroupExample[]>> = {
  'dcs.group.ready': [GROUP_READY],
  'dcs.group.failed': [
    {
      facts: () => ({ severity: 'failure' }),
      group: (place) => ({
        ...groupOf(place, (index) => (index === 0 ? { phase: 'failed', ready: false } : {})),
        failed: FAILED,
      }),
    },
  ],
  'dcs.group.finished': [GROUP_FINISHED, GROUP_UNCHECKED],
  'dcs.group.retracted': [
    {
      facts: () => ({ severity: 'action' }),
      group: (place) => ({
        ...groupOf(place, (index) => (index === 0 ? { ready: false } : {})),
        retracts: {
          type: 'dcs.group.ready',
          id: EARLIER,
          reason: `${NAMES[0]} (incremental)`,
          tasks: LATE,
        },
      }),
    },
  ],
};

/** Examples of events about the watching, with their subjects. */
export interface WatchExample {
  readonly about: 'task' | 'project' | 'watcher';
  readonly facts: Example;
}

const DETAIL = 'HTTP 503: unreachable.';

export const WATCH_EXAMPLES: Readonly<Record<WatchEventType, readonly WatchExample[]>> = {
  'dcs.watch.failing': (['task', 'project'] as const).map((about) => ({
    about,
    facts: () => ({ severity: 'action', reason: 'unreachable', detail: DETAIL, looks: 3 }),
  })),
  'dcs.watch.restored': (['task', 'project'] as const).map((about) => ({
    about,
    facts: (ago) => ({
      severity: 'info',
      reason: 'unreachable',
      detail: 'Changes in between are reported as one.',
      since: ago(12),
    }),
  })),
  'dcs.watch.degraded': [
    {
      about: 'project',
      facts: () => ({
        severity: 'action',
        transition: 'call_denied',
        call: 'ListMigrationTask',
        reason: 'not authorised',
        detail: 'HTTP 403 DCS.4401: no permission. Without it new tasks are not discovered.',
      }),
    },
  ],
  'dcs.watch.channel_broken': [
    {
      about: 'watcher',
      facts: (ago) => {
        const channel = { name: 'another-channel', reason: 'HTTP 410' };
        return { severity: 'action', channel, channels: [{ ...channel, since: ago(0) }] };
      },
    },
  ],
};
