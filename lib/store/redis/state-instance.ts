import { lookup } from 'node:dns/promises';
import type { Secret } from '../../base/secret.ts';
import { redisAddress } from './address.ts';

/** A Redis as a migration names it. */
export interface NamedInstance {
  readonly id?: string;
  /** `host:port`, a comma-separated list for clusters. */
  readonly address?: string;
}

/** Ids of instances have 32 digits; a shorter text could stand in a name by chance. */
const LEAST_ID = 32;

/** Tells whether an instance is the Redis of a state: by an address, or by the id that is a part of its name in DCS. */
export async function stateInstanceMatcher(url: Secret): Promise<(instance: NamedInstance) => boolean> {
  const { host, port } = redisAddress(url.reveal());
  const found = await lookup(host, { all: true }).catch(() => []);
  const places = new Set([host, ...found.map(({ address }) => address)].map((one) => `${one}:${port}`));
  const name = plain(host);
  return ({ id = '', address = '' }) => {
    const isNamed = plain(id).length >= LEAST_ID && name.includes(plain(id));
    return isNamed || address.split(',').some((one) => places.has(one.trim()));
  };
}

/** Ids are written with and without hyphens. */
function plain(text: string): string {
  return text.replaceAll('-', '').toLowerCase();
}
