import type { RedisAddress } from './address.ts';
import type { Connection } from './connection.ts';
import { isForbidden, isReply } from './errors.ts';

/** The role that a server reports. */
export type Role =
  | { readonly kind: 'master'; readonly replicas: number }
  | { readonly kind: 'replica' }
  /** The server does not report it. */
  | { readonly kind: 'unknown' };

/** @throws the fault of the connection, or Redis' error reply */
export async function askRole(connection: Connection): Promise<Role> {
  const [role, info] = await connection.askAll([['ROLE'], ['INFO', 'replication']]);
  const found = roleIn(role) ?? roleInInfo(info);
  if (found !== undefined) return found;
  const refusal = [role, info].find((answer) => isReply(answer) && !isForbidden(answer));
  if (refusal !== undefined) throw refusal;
  return { kind: 'unknown' };
}

function roleIn(answer: unknown): Role | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [kind, , replicas] = answer;
  if (kind !== 'master') return { kind: 'replica' };
  return { kind, replicas: Array.isArray(replicas) ? replicas.length : 0 };
}

function roleInInfo(answer: unknown): Role | undefined {
  if (typeof answer !== 'string') return undefined;
  const [, kind] = /^role:(\w+)/m.exec(answer) ?? [];
  const [, replicas = '0'] = /^connected_slaves:(\d+)/m.exec(answer) ?? [];
  if (kind === undefined) return undefined;
  return kind === 'master' ? { kind, replicas: Number(replicas) } : { kind: 'replica' };
}

/** The key of a mark that a replica exists. A master that lost its replica, or was just promoted, reports none. */
const MARK = '/has-replicas';

/**
 * The number of replicas that must confirm a write: that of the address, or else one if there is or was a replica, or
 * if Redis does not tell.
 */
export async function confirmationsNeeded(
  connection: Connection,
  { replicas, prefix }: RedisAddress,
  role: Role,
): Promise<number> {
  if (replicas !== undefined) return replicas;
  if (role.kind !== 'master') return 1;
  const mark = `${prefix}${MARK}`;
  if ((await connection.ask((redis) => redis.exists(mark))) === 1) return 1;
  if (role.replicas === 0) return 0;
  await connection.ask((redis) => redis.set(mark, '1'));
  return 1;
}
