/**
 * The one base of all errors of this project.
 *
 * An error crosses a module border as facts (`code`, `status`, `host`, …), never with a body, a URL or the error of
 * a foreign library: those carry secrets (webhook URLs, signed headers, echoed requests). The message is one line
 * that says what is wrong, where, and what to do.
 */
export abstract class WatchError extends Error {
  abstract readonly code: string;
  /** The name of the class: a bundle renames classes. */
  abstract override readonly name: string;
}

/** The code of an error of Node (`ENOENT`); nothing where it has none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** The reason that may be shown: the message of our own error, the name alone of a foreign one. */
export function reasonOf(error: unknown): string {
  if (error instanceof WatchError) return error.message;
  return error instanceof Error ? `internal error (${error.name})` : 'internal error';
}
