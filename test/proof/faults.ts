/**
 * How a receiver answers. `answer lost` and `late answer` are ambiguous: the receiver took the request, the sender
 * cannot know. `form refused` is Slack's `invalid_blocks` (sent once more as plain text); to a webhook it is a 400.
 */
export const ANSWERS = [
  'ok',
  'answer lost',
  'late answer',
  'reset',
  'time-out',
  'error 500',
  'busy 503',
  'rest 429',
  'denied 401',
  'gone 410',
  'refused 422',
  'form refused',
] as const;
export type Answer = (typeof ANSWERS)[number];

/**
 * What goes wrong with a request to the store. `answer lost` leaves open whether it was applied (it was);
 * `asked twice` is a client that repeats a write whose answer was lost, and finds its own write.
 */
export const STORE_FAULTS = ['throttled', 'answer lost', 'asked twice', 'stale read'] as const;
export type StoreFault = (typeof STORE_FAULTS)[number];

export const LOOK_FAULTS = ['unreachable', 'unreadable', 'throttled', 'not authorised', 'not found'] as const;
export type LookFault = (typeof LOOK_FAULTS)[number];

/** Decides what goes wrong, at the moment at which a step is made. */
export interface Faults {
  answer(channel: string): Answer;
  store(operation: 'load' | 'get' | 'save', partition: string): StoreFault | undefined;
  look(taskId: string): LookFault | undefined;
}

export const NO_FAULTS: Faults = {
  answer: () => 'ok',
  store: () => undefined,
  look: () => undefined,
};

/** Counts, so that a fault test can tell that its fault fired. */
export interface Counter {
  count(kind: string): void;
  readonly counts: ReadonlyMap<string, number>;
}

export function createCounter(): Counter {
  const counts = new Map<string, number>();
  return {
    counts,
    count: (kind) => void counts.set(kind, (counts.get(kind) ?? 0) + 1),
  };
}
