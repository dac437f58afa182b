import type { Command } from '../command.ts';

/**
 * Every command, by the word that calls it: a file or folder here, and a line. Each is loaded only when it is asked for:
 * a tick starts without the others.
 */
export const COMMANDS = {
  watch: () => import('./watch.ts'),
  rehearse: () => import('./rehearse.ts'),
  deliveries: () => import('./deliveries/deliveries.ts'),
} as const satisfies Record<string, () => Promise<{ readonly command: Command }>>;
