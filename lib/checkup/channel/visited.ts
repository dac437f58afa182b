import type { TlsFacts, Visit } from '../../channels/visit.ts';
import { explained, type Finding, LATER, ok, problem, SEMICOLON, unchecked, warning } from '../finding.ts';

/** Facts of a place that stand in the words of findings; no part of its path. */
export interface PlaceFacts {
  /** `hooks.slack.com:443` */
  readonly address: string;
  readonly isSecure: boolean;
  /** The name of a proxy on the way. */
  readonly proxy?: string | undefined;
}

const DAY_MS = 24 * 3_600_000;
/** So long before its end a certificate is warned about. */
const WARN_BEFORE_MS = 14 * DAY_MS;
const REACH_IT = 'Check the address, the port and the firewall between here and there.';
const MEND_TLS = 'Have its certificate corrected, or check the address.';
const SIGN_IN = 'Check user and password.';

/** Findings of a visit: the name, TLS, and the sign-in where there is one. */
export function visitFindings(visit: Visit, facts: PlaceFacts, now: number): Finding[] {
  const { address, proxy } = facts;
  const through = proxy === undefined ? '' : ` through the proxy ${proxy}`;
  const reached = ok('name', `${address} answers${through}`);
  switch (visit.kind) {
    case 'unreached':
      return [problem('name', explained(visit.reason, SEMICOLON, REACH_IT)), unchecked('TLS', LATER)];
    case 'insecure':
      return [reached, problem('TLS', explained(visit.reason, SEMICOLON, MEND_TLS))];
    case 'refused':
      return [
        reached,
        tlsFinding({}, facts, now),
        problem('sign-in', explained(visit.reason, SEMICOLON, SIGN_IN)),
      ];
    default: {
      const found = [reached, tlsFinding(visit.tls, facts, now)];
      return visit.isSignedIn ? [...found, ok('sign-in', 'accepted')] : found;
    }
  }
}

function tlsFinding(tls: TlsFacts | undefined, { isSecure }: PlaceFacts, now: number): Finding {
  if (tls === undefined || (!isSecure && tls.version !== undefined))
    return ok('TLS', 'none, as allowInsecure permits');
  const { version = 'TLS', validUntil } = tls;
  if (validUntil === undefined) return ok('TLS', version);
  const until = new Date(validUntil).toISOString().slice(0, 10);
  if (validUntil - now >= WARN_BEFORE_MS) return ok('TLS', `${version}, certificate until ${until}`);
  return warning('TLS', {
    words: `its certificate ends on ${until}`,
    advice: 'Have it renewed: nothing is sent to a server whose certificate has expired.',
  });
}
