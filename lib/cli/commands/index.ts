import type { CommandModule } from '../command.ts';

/**
 * Every command, by the word that calls it: a file or folder here, and a line, in the order of the help. Each is loaded
 * only when it is asked for: a tick starts without the others.
 */
export const COMMANDS = {
  watch: () => import('./watch/watch.ts'),
  rehearse: () => import('./rehearse.ts'),
  init: () => import('./init/init.ts'),
  check: () => import('./check/check.ts'),
  test: () => import('./test/test.ts'),
  preview: () => import('./preview/preview.ts'),
  tasks: () => import('./tasks/tasks.ts'),
  status: () => import('./status/status.ts'),
  history: () => import('./history/history.ts'),
  mute: () => import('./mute/mute.ts'),
  unmute: () => import('./unmute.ts'),
  deliveries: () => import('./deliveries/deliveries.ts'),
  completion: () => import('./completion/completion.ts'),
} as const satisfies Record<string, () => Promise<CommandModule>>;

export type CommandName = keyof typeof COMMANDS;

export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(COMMANDS, word);
}

export const COMMAND_NAMES = Object.keys(COMMANDS).filter(isCommand);
