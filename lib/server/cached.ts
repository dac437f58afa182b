/** So long an answer is as good as a new one. */
const FRESH_MS = 5000;

/** The inputs that decide whether an answer is still fresh. */
export interface Age {
  /** Milliseconds on a clock that nobody sets. */
  elapsed(): number;
  /** Another one with every tick. */
  version(): number;
}

/**
 * Makes an answer at most every few seconds, or after each tick: those who ask meanwhile share one, also while it is made.
 * A failure is kept as long.
 */
export function cached<T>(make: () => Promise<T>, { elapsed, version }: Age): () => Promise<T> {
  let kept: { readonly answer: Promise<T>; readonly of: number; until: number } | undefined;
  return () => {
    if (kept !== undefined && kept.of === version() && elapsed() < kept.until) return kept.answer;
    const made = { answer: make(), of: version(), until: Number.POSITIVE_INFINITY };
    const done = () => {
      made.until = elapsed() + FRESH_MS;
    };
    made.answer.then(done, done);
    kept = made;
    return made.answer;
  };
}
