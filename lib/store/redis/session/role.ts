import { isForbidden, isReply } from '../errors.ts';
import type { Command } from './connection.ts';

/** The role that a server reports. */
export type Role =
  | { readonly kind: 'master'; readonly replicas: number }
  | { readonly kind: 'replica' }
  /** The server does not report it. */
  | { readonly kind: 'unknown' };

/** Two commands, because either may be forbidden. */
export const ROLE_COMMANDS: readonly Command[] = [['ROLE'], ['INFO', 'replication']];

/**
 * Reads the answers to {@link ROLE_COMMANDS}.
 *
 * @throws Redis' error reply
 */
export function roleOf([role, info]: readonly unknown[]): Role {
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
