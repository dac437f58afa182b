import type { Overviews } from '../language.ts';

export const overviews: Overviews = {
  phases: {
    creating: 'being created',
    configuring: 'waiting to be configured',
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
    unseen: 'cannot be watched at the moment',
  },
  tasks: (count) => (count === 1 ? '1 task' : `${count} tasks`),
  list: (parts) => parts.join(', '),
  asOf: (moment) => `as of ${moment}`,
};
