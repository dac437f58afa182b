import { type Phrase, phrase } from '../../base/explanation.ts';
import type { FaultCode } from '../faults.ts';
import { type HttpProxy, hostOf } from '../proxies.ts';
import { Fault, faultOf } from './reasons.ts';

/** There is no connection to the proxy, or it broke before the proxy answered. */
export function unreachable(proxy: HttpProxy, error: unknown): Fault {
  const { reason, detail } = faultOf(error);
  // The name that was not found is the proxy's, so nothing is wrong with that of the target.
  const code = reason.code === 'dns' ? 'connection' : reason.code;
  const what = [phrase<FaultCode>('proxy_unusable', hostOf(proxy)), ...reason.what];
  return new Fault(
    { code, what, advice: [phrase('check_setting', proxy.variable)], isOfProxy: true },
    detail,
  );
}

/**
 * The proxy's own answer, in place of the target's.
 *
 * @param target host and port
 */
export function refusedBy(proxy: HttpProxy, target: string, status: number): Fault {
  const [what, advice] = refusal(proxy, status);
  return new Fault(
    { code: 'connection', what: [phrase(what, hostOf(proxy), target)], advice: [advice], isOfProxy: true },
    `HTTP ${status}`,
  );
}

function refusal(
  { variable, authorization }: HttpProxy,
  status: number,
): readonly [what: FaultCode, advice: Phrase<FaultCode>] {
  if (status === 407) {
    return authorization === undefined
      ? ['proxy_wants_login', phrase('set_login', variable)]
      : ['proxy_refuses_login', phrase('check_login', variable)];
  }
  if (status >= 500) return ['proxy_failed', phrase('check_reach')];
  return ['proxy_refused', phrase('allow_host')];
}
