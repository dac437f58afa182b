/**
 * The one base of all errors of this project.
 *
 * An error crosses a module border as facts (`code`, `status`, `host`, …), never with a body, a URL or the error of
 * a foreign library: those carry secrets (webhook URLs, signed headers, echoed requests). The message is one line
 * that says what is wrong, where, and what to do.
 */
export abstract class WatchError extends Error {
  abstract readonly code: string;
  /** Of the class, in words: a bundle calls classes otherwise. */
  abstract override readonly name: string;
}

/** What may be shown of something that was thrown: our own words, or of a foreign error its name alone. */
export function reasonOf(error: unknown): string {
  if (error instanceof WatchError) return error.message;
  return error instanceof Error ? `internal error (${error.name})` : 'internal error';
}
