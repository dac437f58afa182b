import { createAgents } from './connections/agents.ts';
import type { Proxies } from './proxies.ts';

/**
 * Time-outs of AWS clients in milliseconds; without them the SDK waits for ever. `requestTimeout` covers the wait for
 * the head of the answer, and only warns unless it is configured to throw; `socketTimeout` covers a stalled body.
 */
const BOUNDS = {
  connectionTimeout: 2000,
  requestTimeout: 5000,
  throwOnRequestTimeout: true,
  socketTimeout: 5000,
} as const;

/** Time for one address. Node's default gives up even the only working address after 250 ms. */
const DIRECTLY = { httpsAgent: { autoSelectFamilyAttemptTimeout: 1000 } } as const;

/**
 * The settings of every AWS client: time-outs, and connections.
 *
 * @param proxies the proxies from the environment, which the SDK itself ignores
 */
export function awsSettings(proxies: Proxies | undefined) {
  const way = proxies === undefined ? DIRECTLY : createAgents(proxies);
  return { maxAttempts: 3, requestHandler: { ...BOUNDS, ...way } };
}
