import { onTestFinished } from 'vitest';
import { createWorld, type World, type WorldOptions } from './world.ts';

/**
 * Makes worlds that end with their test. The end is registered with the test and not with its file, because the files of
 * one process share this module.
 *
 * @param defaults options that a test may replace
 */
export function useWorld(defaults: WorldOptions = {}): (options?: WorldOptions) => Promise<World> {
  return async (options) => {
    const made = await createWorld({ ...defaults, ...options });
    onTestFinished(() => made.close());
    return made;
  };
}
