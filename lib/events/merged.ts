/** Events that a chat hears of in one message later, in so few words that any number of them has room. */
export interface Merged {
  readonly events: number;
  /** When the first and the last of them happened (ISO 8601, UTC). */
  readonly since: string;
  readonly until: string;
  /** How many came to each phase; where there is none, how many of each type. */
  readonly kinds: Readonly<Record<string, number>>;
  /** The status from which the first of them came, and that to which the last came. */
  readonly from?: string;
  readonly to?: string;
}
