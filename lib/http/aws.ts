import { createAgents } from './connections/agents.ts';
import type { Proxies } from './proxies.ts';

/**
 * How long clients of AWS wait, and how often they try: without bounds the SDK waits for ever. `requestTimeout` ends with
 * the head of the answer and only warns unless it is configured to throw; `socketTimeout` covers a body that stalls. Milliseconds.
 */
const BOUNDS = {
  connectionTimeout: 2000,
  requestTimeout: 5000,
  throwOnRequestTimeout: true,
  socketTimeout: 5000,
} as const;

/** Node gives an address up after 250 ms by default, also the only one that answers. */
const DIRECTLY = { httpsAgent: { autoSelectFamilyAttemptTimeout: 1000 } } as const;

/**
 * The settings that every client of AWS is made with: bounds, and the way to the network.
 *
 * @param proxies those that the environment names; the SDK itself does not look for them
 */
export function awsSettings(proxies: Proxies | undefined) {
  const way = proxies === undefined ? DIRECTLY : createAgents(proxies);
  return { maxAttempts: 3, requestHandler: { ...BOUNDS, ...way } };
}
