import type { Env } from '../../base/env.ts';
import { isCommand } from '../commands/index.ts';

/**
 * The command as it was meant when npm took options for its own: `npm start --once` starts us without `--once`, and
 * passes on only by variables what it took.
 *
 * @param options those that the command has
 * @param words what came through
 * @returns what to type instead; nothing when npm took nothing
 */
export function withTakenOptions(
  options: readonly string[],
  words: readonly string[],
  env: Env,
): string | undefined {
  const script = env['npm_lifecycle_event'];
  // npx hands all on that stands behind the name of the package.
  if (script === undefined || script === 'npx') return undefined;
  const taken = options.flatMap((option) => {
    const value = env[`npm_config_${option.slice(2).replaceAll('-', '_')}`];
    if (value === undefined || value === '' || words.some((word) => word.startsWith(option))) return [];
    return [value === 'true' ? option : `${option}=${withoutPassword(value)}`];
  });
  const [command = ''] = words;
  const meant = isCommand(command) ? [...words, ...taken] : [...taken, ...words];
  return taken.length === 0 ? undefined : ['npm start --', ...meant].join(' ');
}

/** An address of a Redis has one. */
function withoutPassword(value: string): string {
  return value.replace(/^(rediss?:\/\/[^/?#]*?:).*@/i, '$1PASSWORD@');
}
