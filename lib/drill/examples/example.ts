import type { EventFacts } from '../../events/event.ts';

/** A moment so many minutes before the event; below 0: after it. ISO 8601, UTC. */
export type Ago = (minutes: number) => string;

/** The data of an example event, without its subject. */
export type Example = (ago: Ago) => EventFacts;

/** Figures of the example migration, in which source and target are in step. */
export const IN_STEP = {
  offset: 0,
  sourceKeys: 1_000_000,
  targetKeys: 999_520,
  keyGapPercent: 0.05,
} as const;

/** Limits as they are without settings. */
export const LIMITS = {
  maxOffset: 1000,
  maxKeyGapPercent: 1,
  looks: 3,
  unreadyOffset: 100_000,
  unreadyKeyGapPercent: 2,
  unreadyLooks: 3,
} as const;

/** The id of an earlier event that an example takes back. */
export const EARLIER = 'evt_000000000000000000000000';
