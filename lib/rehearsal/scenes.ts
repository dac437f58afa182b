const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** One moment of the migration that is played. */
export interface Scene {
  /** How much later than the scene before. Milliseconds. */
  readonly laterMs: number;
  /** What DCS answers from now on. */
  readonly status: string;
  readonly title: string;
  /** The pipeline refuses one webhook. */
  readonly webhookIsDown?: boolean;
}

/** An incremental migration that goes well, and a receiver that does not always. */
export const SCENES: readonly Scene[] = [
  {
    laterMs: 0,
    status: 'RUNNING',
    title: 'A migration task was created. DCS says RUNNING, which means: not configured yet.',
  },
  { laterMs: 4 * MINUTE, status: 'FULLMIGRATING', title: '4 minutes later it is configured and copies.' },
  {
    laterMs: MINUTE,
    status: 'FULLMIGRATING',
    title: 'A minute later nothing has changed, so nothing is written and nobody is told.',
  },
  {
    laterMs: 2 * HOUR,
    status: 'INCRMIGEATING',
    title: '2 hours later the copy is complete. The pipeline is down for maintenance.',
    webhookIsDown: true,
  },
  {
    laterMs: 2 * MINUTE,
    status: 'INCRMIGEATING',
    title: '2 minutes later the pipeline gets the same event, with the same id. Nothing is lost.',
  },
  {
    laterMs: 70 * HOUR,
    status: 'TERMINATING',
    title: '3 days later somebody stops the replication to cut over.',
  },
  {
    laterMs: MINUTE,
    status: 'TERMINATED',
    title: 'A minute later it is stopped, which is how an online migration ends.',
  },
];
