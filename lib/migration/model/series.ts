/** The figures of a migration at one moment. */
export interface Point {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The progress of the full copy. */
  readonly percent?: number;
  /** How far the target is behind (`offset`). */
  readonly lag?: number;
  readonly sourceKeys?: number;
  readonly targetKeys?: number;
}
