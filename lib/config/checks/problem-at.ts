import { type Path, pathText } from '../path.ts';

/** A problem at a place of the file. */
export interface ProblemAt {
  readonly path: Path;
  readonly message: string;
  /** Set when no setting has this name. */
  readonly isOfName?: boolean;
}

interface Entry {
  /** Nothing where the key is unreadable. */
  readonly key: string | undefined;
  readonly path: Path;
}

/** Problems of all entries whose key an earlier entry has. */
export function repeated(entries: readonly Entry[], message: (first: string) => string): ProblemAt[] {
  const seen = new Map<string, Path>();
  return entries.flatMap(({ key, path }) => {
    if (key === undefined) return [];
    const first = seen.get(key);
    if (first !== undefined) return [{ path, message: message(pathText(first)) }];
    seen.set(key, path);
    return [];
  });
}
