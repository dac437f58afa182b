import { type Path, pathText } from '../path.ts';

/** Something at a place of the file that does not go with the rest. */
export interface ProblemAt {
  readonly path: Path;
  readonly message: string;
  /** There is no setting of this name. */
  readonly isOfName?: boolean;
}

interface Entry {
  /** Nothing where nobody can tell. */
  readonly key: string | undefined;
  readonly path: Path;
}

/** Every entry whose key was there before. */
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
