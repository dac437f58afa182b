import { BlockList, isIPv4 } from 'node:net';
import * as fc from 'fast-check';
import { isPublicAddress, urlProblem } from '../../../lib/http/address-guard.ts';
import { CANARY, mutated, wild } from '../../support/fuzz.ts';
import type { Border } from './border.ts';
import { assertOneLine } from './texts.ts';

/** The networks of IANA's special-purpose registry for IPv4, with multicast and what is reserved. */
const SPECIAL = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
];
const special = new BlockList();
for (const network of SPECIAL) {
  const [address = '', bits = ''] = network.split('/');
  special.addSubnet(address, Number(bits), 'ipv4');
}

type Bytes = readonly [number, number, number, number];
const byte = fc.integer({ min: 0, max: 255 });
const inSpecial = fc.tuple(fc.constantFrom(...SPECIAL), byte, byte, byte).map(([network, b, c, d]): Bytes => {
  const [first = 0, second = 0] = network.split('.').map(Number);
  const bits = Number(network.split('/')[1]);
  return bits === 8 || bits === 4
    ? [first, b, c, d]
    : [first, second, bits === 24 ? Number(network.split('.')[2]) : c, d];
});
const ipv4 = fc.oneof(inSpecial, fc.tuple(byte, byte, byte, byte));

const dotted = (bytes: Bytes) => bytes.join('.');
const whole = ([a, b, c, d]: Bytes) => ((a * 256 + b) * 256 + c) * 256 + d;
const hex = (value: number) => value.toString(16);

/** Every way to write an IPv4 address that some parser or resolver understands. */
const SPELLINGS: readonly ((bytes: Bytes) => string)[] = [
  dotted,
  (bytes) => String(whole(bytes)),
  (bytes) => `0x${hex(whole(bytes))}`,
  (bytes) => `0${whole(bytes).toString(8)}`,
  (bytes) => bytes.map((part) => `0x${hex(part)}`).join('.'),
  (bytes) => bytes.map((part) => `0${part.toString(8)}`).join('.'),
  ([a, b, c, d]) => `${a}.${(b * 256 + c) * 256 + d}`,
  ([a, b, c, d]) => `${a}.${b}.${c * 256 + d}`,
  (bytes) => `${dotted(bytes)}.`,
  (bytes) => encodeURIComponent(dotted(bytes)).replaceAll('1', '%31'),
  (bytes) => dotted(bytes).replaceAll('.', '。'),
];
/** IPv6 that carries an IPv4 address: never public, whatever it carries. */
const CARRIERS: readonly ((bytes: Bytes) => string)[] = [
  (bytes) => `[::ffff:${dotted(bytes)}]`,
  (bytes) => `[::${dotted(bytes)}]`,
  (bytes) => `[64:ff9b::${dotted(bytes)}]`,
  ([a, b, c, d]) => `[2002:${hex(a * 256 + b)}:${hex(c * 256 + d)}::]`,
];

interface Place {
  readonly url: string;
  /** Whether it may be connected to, where that is known beforehand. */
  readonly isPublic?: boolean;
}

const spelled = fc.tuple(ipv4, fc.constantFrom(...SPELLINGS)).map(
  ([bytes, spell]): Place => ({
    url: `https://${spell(bytes)}/${CANARY}`,
    isPublic: !special.check(dotted(bytes), 'ipv4'),
  }),
);
const carried = fc
  .tuple(ipv4, fc.constantFrom(...CARRIERS))
  .map(([bytes, carry]): Place => ({ url: `https://${carry(bytes)}/${CANARY}`, isPublic: false }));
const REAL = [
  `https://hooks.slack.com/services/${CANARY}`,
  `https://user:${CANARY}@ci.example.com/`,
  `http://localhost:8080/?${CANARY}`,
];
const any = fc
  .oneof(mutated(REAL), wild(), fc.webUrl(), fc.webUrl({ validSchemes: ['https'] }))
  .map((url): Place => ({ url }));

/** What is wrong with a URL: known beforehand, or nothing that another look at it would not say too. */
export const ADDRESS: Border<Place, string | undefined> = {
  name: 'address',
  inputs: fc.oneof(spelled, carried, any),
  read: ({ url }) => {
    if (isPublicAddress(url) && !isIPv4(url) && !url.includes(':')) throw new Error('no address at all');
    return urlProblem(url, { allowInsecure: false });
  },
  classify(problem, { url, isPublic }) {
    if (isPublic !== undefined && isPublic !== (problem === undefined)) throw new Error('checked wrongly');
    if (problem === undefined) {
      const { protocol, username, password, hostname } = new URL(url);
      if (protocol !== 'https:' || username + password !== '') throw new Error('not to be connected to');
      if (isIPv4(hostname) && special.check(hostname, 'ipv4')) throw new Error('a private address');
      return 'permitted';
    }
    assertOneLine(problem, 120);
    if (problem.includes(CANARY)) throw new Error('a secret passed');
    return problem.startsWith('points to') ? 'private' : 'refused';
  },
  kinds: { permitted: 0.1, private: 0.1, refused: 0.1 },
};
