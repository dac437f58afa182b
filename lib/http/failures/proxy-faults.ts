import { type Phrase, phrase } from '../../base/explanation.ts';
import type { FaultCode } from '../faults.ts';
import { type HttpProxy, hostOf } from '../proxies.ts';
import { Fault, faultOf } from './reasons.ts';

/** The fault of a connection to the proxy that failed, or broke before the proxy answered. */
export function unreachable(proxy: HttpProxy, error: unknown): Fault {
  const { reason, detail } = faultOf(error);
  // The unknown name is the proxy's, not the target's.
  const code = reason.code === 'dns' ? 'connection' : reason.code;
  const what = [phrase<FaultCode>('proxy_unusable', hostOf(proxy)), ...reason.what];
  return new Fault(
    { code, what, advice: [phrase('check_setting', proxy.variable)], isOfProxy: true },
    detail,
  );
}

/**
 * The fault of a refusal by the proxy itself.
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
