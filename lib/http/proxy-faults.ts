import { type HttpProxy, hostOf } from './proxies.ts';
import { Fault, faultOf } from './reasons.ts';

/** There is no connection to the proxy, or it broke before the proxy answered. */
export function unreachable(proxy: HttpProxy, error: unknown): Fault {
  const { reason, detail } = faultOf(error);
  // The name that was not found is the proxy's, so nothing is wrong with that of the target.
  const code = reason.code === 'dns' ? 'connection' : reason.code;
  const what = `the proxy ${hostOf(proxy)} cannot be used: ${reason.what}`;
  return new Fault({ code, what, advice: `check ${proxy.variable}`, isOfProxy: true }, detail);
}

/**
 * The proxy's own answer, in place of the target's.
 *
 * @param target host and port
 */
export function refusedBy(proxy: HttpProxy, target: string, status: number): Fault {
  const { what, advice } = refusal(proxy, status);
  return new Fault(
    { code: 'connection', what: `the proxy ${hostOf(proxy)} ${what} ${target}`, advice, isOfProxy: true },
    `HTTP ${status}`,
  );
}

function refusal({ variable, authorization }: HttpProxy, status: number): { what: string; advice: string } {
  if (status === 407) {
    return authorization === undefined
      ? {
          what: 'requires a user name and password to reach',
          advice: `set them in ${variable}: http://user:password@host`,
        }
      : { what: 'refused the user name or password to reach', advice: `check those in ${variable}` };
  }
  if (status >= 500)
    return { what: 'could not reach', advice: 'check the host name, and what the proxy can reach' };
  return { what: 'refused to connect to', advice: 'allow the host there, or add it to NO_PROXY' };
}
