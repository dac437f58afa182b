import * as z from 'zod/mini';

/** An address in a header, with the name before it if there is one. */
export interface Address {
  readonly name: string;
  readonly address: string;
}

/** The usual form of RFC 5321, 4.1.2, without quoted parts; other scripts are allowed (RFC 6531). */
const PLAIN = /^[^\s<>()[\]\\,;:"@\p{C}]{1,64}@[\p{L}\p{N}][\p{L}\p{N}.-]{0,252}$/u;
const NAMED = /^(?<name>[^<>"\p{C}]{1,100}?)\s*<(?<address>[^<>]+)>$/u;
const MOST = 50;

const ONE = 'expected an e-mail address: watch@example.com';
const LIST = 'expected a list of e-mail addresses: [dba@example.com]';

/** @returns nothing for what is no address, also for one with a line break, which would be a header of its own */
function parsed(text: string): Address | undefined {
  const { name = '', address = text } = NAMED.exec(text)?.groups ?? {};
  return PLAIN.test(address) ? { name: name.trim(), address } : undefined;
}

/** An address as the configuration writes it: `watch@example.com`, or `Redis watch <watch@example.com>`. */
export const addressSchema = z.pipe(
  z.string({ error: ONE }).check(z.refine((text) => parsed(text) !== undefined, ONE)),
  z.transform((text: string): Address => parsed(text) ?? { name: '', address: text }),
);

/** One address, or several. */
export const addressesSchema = z.pipe(
  z.union([addressSchema, z.array(addressSchema).check(z.minLength(1, LIST), z.maxLength(MOST))], {
    error: LIST,
  }),
  z.transform((given: Address | Address[]): readonly Address[] => [given].flat()),
);
