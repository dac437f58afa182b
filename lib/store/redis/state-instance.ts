import { lookup } from 'node:dns/promises';
import { type RedisPlace, redisAddress } from './address.ts';

/** An instance in a migration. */
export interface NamedInstance {
  readonly id?: string;
  /** `host:port`, a comma-separated list for clusters. */
  readonly address?: string;
}

/** The length of an instance id. A shorter text could be part of a name by chance. */
const LEAST_ID = 32;

/** Recognises the Redis of a state by its addresses, or by the instance id that DCS puts into host names. */
export async function stateInstanceMatcher(place: RedisPlace): Promise<(instance: NamedInstance) => boolean> {
  const { host, port } = redisAddress(place);
  const found = await lookup(host, { all: true }).catch(() => []);
  const places = new Set([host, ...found.map(({ address }) => address)].map((one) => `${one}:${port}`));
  const name = plain(host);
  return ({ id = '', address = '' }) => {
    const isNamed = plain(id).length >= LEAST_ID && name.includes(plain(id));
    return isNamed || address.split(',').some((one) => places.has(one.trim()));
  };
}

/** One form for ids, which are written with and without hyphens. */
function plain(text: string): string {
  return text.replaceAll('-', '').toLowerCase();
}
