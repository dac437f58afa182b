import type { RedisAddress } from '../address.ts';
import { isReply } from '../errors.ts';
import type { Command, Connection } from './connection.ts';
import { ROLE_COMMANDS, type Role, roleOf } from './role.ts';

/** The role of a server, and the number of replicas that must confirm a write there. */
export interface Replication {
  readonly role: Role;
  readonly confirmations: number;
}

/** The key of a mark that a replica exists. A master that lost its replica, or was just promoted, reports none. */
function markOf({ prefix }: RedisAddress): string {
  return `${prefix}/has-replicas`;
}

/** Commands whose answers {@link replicationOf} reads. */
export function replicationCommands(address: RedisAddress): readonly Command[] {
  return address.replicas === undefined ? [...ROLE_COMMANDS, ['EXISTS', markOf(address)]] : ROLE_COMMANDS;
}

/**
 * Reads how many replicas must confirm a write: the number of the address, or else one if there is or was a replica, or
 * if Redis does not tell. Marks a replica that is seen for the first time.
 *
 * @throws the fault of the connection, or Redis' error reply
 */
export async function replicationOf(
  answers: readonly unknown[],
  connection: Connection,
  address: RedisAddress,
): Promise<Replication> {
  const [marked] = answers.slice(ROLE_COMMANDS.length);
  const role = roleOf(answers);
  if (address.replicas !== undefined) return { role, confirmations: address.replicas };
  if (role.kind !== 'master') return { role, confirmations: 1 };
  if (isReply(marked)) throw marked;
  if (marked === 1) return { role, confirmations: 1 };
  if (role.replicas === 0) return { role, confirmations: 0 };
  await connection.ask((redis) => redis.set(markOf(address), '1'));
  return { role, confirmations: 1 };
}
