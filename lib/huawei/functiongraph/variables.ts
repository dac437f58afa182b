import type { Env } from '../../base/env.ts';
import { type FunctionGraphContext, textOf } from './context.ts';

/** The variables of a function. */
export interface FunctionVariables {
  /** As an environment, in which a variable of the function comes before one of the process. */
  readonly env: Env;
  /** Variables are asked of this context from now on. */
  follow(context: FunctionGraphContext): void;
}

/**
 * The documents read variables with `getUserData` alone: whether the process has them, too, is not said. A context does not
 * list them, so a look through the whole environment finds those of the process, and those that were asked for before.
 */
export function createVariables(ofProcess: Env): FunctionVariables {
  let newest: FunctionGraphContext = {};
  const asked = new Set<string>();

  const textIn = (name: string): string | undefined => {
    const text = textOf(newest.getUserData?.(name));
    if (text === '') return Object.hasOwn(ofProcess, name) ? ofProcess[name] : undefined;
    asked.add(name);
    return text;
  };

  return {
    env: new Proxy<Record<string, string | undefined>>(
      {},
      {
        get: (_none, name) => (typeof name === 'string' ? textIn(name) : undefined),
        has: (_none, name) => typeof name === 'string' && textIn(name) !== undefined,
        ownKeys: () => [...new Set([...Object.keys(ofProcess), ...asked])],
        // Object.hasOwn asks for it.
        getOwnPropertyDescriptor(_none, name) {
          const value = typeof name === 'string' ? textIn(name) : undefined;
          return value === undefined ? undefined : { value, enumerable: true, configurable: true };
        },
        set: () => false,
      },
    ),
    follow(context) {
      newest = context;
    },
  };
}
