import { defined } from '../../base/defined.ts';
import { type Explanation, phrase } from '../../base/explanation.ts';
import { HttpError, type HttpRequest } from '../client.ts';
import type { FaultCode } from '../faults.ts';
import { type HttpProxy, hostOf } from '../proxies.ts';
import { explain, Fault, faultOf, systemWord } from './reasons.ts';

/** The circumstances of a failed request. */
export interface Circumstances {
  readonly url: HttpRequest['url'];
  /** Milliseconds from the call to the failure. */
  readonly ms: number;
  /** The proxy that the request went through. */
  readonly proxy?: HttpProxy | undefined;
  /** Whether the connection was new, and no byte of an answer had arrived. */
  readonly isFirstContact: boolean;
  /** Whether the request had a client certificate. */
  readonly showedCertificate: boolean;
}

/**
 * Converts the error of a library into ours. It only takes a well-formed system word (`ECONNRESET`), because messages
 * of libraries quote addresses and input.
 */
export function failure(error: unknown, circumstances: Circumstances): HttpError {
  const { url, ms, proxy } = circumstances;
  const { host } = url;
  const through = proxy && hostOf(proxy);
  if (error instanceof HttpError) {
    const { code, detail, message, explanation: known } = error;
    if (known === undefined) return new HttpError({ code, host, detail, ms, message });
    const explanation = defined<Explanation<FaultCode>>({ ...known, proxy: through });
    return new HttpError({ code, host, detail, ms, explanation });
  }
  const fault = faultOf(error);
  const explained = explain(fault);
  const more = hint(error, circumstances);
  const explanation = defined<Explanation<FaultCode>>({
    at: host,
    ...explained,
    proxy: fault.reason.isOfProxy ? undefined : through,
    advice: more === undefined ? explained.advice : [...(explained.advice ?? []), phrase(more)],
  });
  return new HttpError({ code: fault.reason.code, host, detail: fault.detail, ms, explanation });
}

/**
 * Advice for a connection that the server just closed. Servers do so when plain HTTP arrives at a TLS port, or when the
 * client certificate is missing (in TLS 1.3 only after the handshake).
 */
function hint(
  error: unknown,
  { url, proxy, isFirstContact, showedCertificate }: Circumstances,
): FaultCode | undefined {
  if (!isFirstContact || !isBroken(error)) return undefined;
  if (url.protocol === 'http:') return proxy === undefined ? 'may_speak_tls' : undefined;
  return showedCertificate ? 'may_refuse_certificate' : 'may_require_certificate';
}

const BROKEN: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Whether an open connection broke. */
export function isBroken(error: unknown): boolean {
  const word = error instanceof Fault ? undefined : systemWord(error);
  return word !== undefined && BROKEN.has(word);
}
