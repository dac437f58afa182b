import type { Env } from '../../../base/env.ts';
import { credentialsIn, VARIABLE_SOURCES } from '../../../config/credentials.ts';

/** The access key, as far as the environment has it. */
export interface KeyState {
  readonly isFound: boolean;
  /** The variables that hold it, or those that should. */
  readonly variables: string;
  /** The remedy where there is no key; empty where there is one. */
  readonly advice: readonly string[];
}

export function keyStateIn(env: Env): KeyState {
  const { found, halves } = credentialsIn(env);
  const pairs = VARIABLE_SOURCES.split('; ');
  const isSet = (pair: string) => pair.split(' and ').every((name) => Boolean(env[name]));
  const [usual = ''] = pairs;
  if (found !== undefined) return { isFound: true, variables: pairs.find(isSet) ?? usual, advice: [] };
  const [ak = '', sk = ''] = usual.split(' and ');
  return {
    isFound: false,
    variables: usual,
    advice: [
      `There is no access key in the environment (tried ${VARIABLE_SOURCES}).`,
      ...halves.map((half) => `${half}.`),
      `Make one under "My Credentials" in the console, and set it: export ${ak}=… ${sk}=…`,
    ],
  };
}
