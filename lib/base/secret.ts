import { inspect } from 'node:util';

const MASK = '[secret]';

/**
 * A value that must not be seen: it prints, logs and serialises as a mask. Only the call that needs the value itself
 * reveals it.
 *
 * @example
 * const key = new Secret('abc');
 * `${key}`;      // '[secret]'
 * key.reveal();  // 'abc'
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. Call it where the value is used, never to store it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return MASK;
  }

  [inspect.custom](): string {
    return MASK;
  }
}
