import type { Overviews } from '../language.ts';

export const overviews: Overviews = {
  phases: {
    creating: 'being created',
    configuring: 'waits to be configured',
    migrating: 'migrating',
    full: 'full synchronisation',
    incremental: 'incremental replication',
    switching: 'IP addresses are being switched',
    stopping: 'stopping',
    stopped: 'stopped',
    succeeded: 'finished',
    failed: 'failed',
    released: 'released',
    gone: 'deleted',
    unknown: 'status unknown',
  },
  conditions: {
    ready: 'ready for the cut-over',
    notReady: 'not ready for the cut-over',
    stalled: 'stalled',
    unseen: 'cannot be watched now',
  },
  tasks: (count) => (count === 1 ? '1 task' : `${count} tasks`),
  list: (parts) => parts.join(', '),
  asOf: (moment) => `as of ${moment}`,
};
