/** The words of events that programs read: they never change. */

/** The types of events. In `when.events` of the configuration they stand without the `dcs.` prefix. */
export const EVENT_TYPES = [
  'dcs.migration.first_seen',
  'dcs.migration.status_changed',
  'dcs.migration.gone',
  'dcs.migration.progress',
  'dcs.migration.cutover_ready',
  'dcs.migration.cutover_unready',
  'dcs.migration.cutover_blocked',
  'dcs.migration.regressed',
  'dcs.migration.stalled',
  'dcs.migration.resumed',
  'dcs.migration.forgotten',
  'dcs.migration.ip_switched',
  'dcs.migration.ip_rolled_back',
  'dcs.group.ready',
  'dcs.group.failed',
  'dcs.group.finished',
  'dcs.group.retracted',
  'dcs.watch.failing',
  'dcs.watch.restored',
  'dcs.watch.degraded',
  'dcs.watch.channel_broken',
] as const;

/** Why a look failed. */
export const LOOK_FAILURES = [
  'not found',
  'not authorised',
  'refused',
  'throttled',
  'unreachable',
  'unreadable answer',
] as const;
