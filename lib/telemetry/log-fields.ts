/**
 * What a line has a place for that is not ours: what `jsonLine` and Powertools write themselves (the standard attributes of
 * its formatter and of `addContext`), and `requestId`, which is the invocation's.
 */
export const TAKEN: ReadonlySet<string> = new Set([
  'cold_start',
  'correlation_id',
  'environment',
  'error',
  'function_arn',
  'function_memory_size',
  'function_name',
  'function_request_id',
  'level',
  'message',
  'requestId',
  'sampling_rate',
  'service',
  'tenant_id',
  'timestamp',
  'xray_trace_id',
]);

/**
 * The facts of an entry, each under a name that is free: another would hide what stands there.
 *
 * @param kind of the entry
 */
export function underFreeNames(
  kind: string,
  facts: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const all = Object.entries(facts);
  return Object.fromEntries(all.map(([name, value]) => [TAKEN.has(name) ? `${kind}_${name}` : name, value]));
}
