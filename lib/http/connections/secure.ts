import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { type Phrase, phrase } from '../../base/explanation.ts';
import type { ClientCertificate } from '../client.ts';
import { Fault, faultOf } from '../failures/reasons.ts';
import type { FaultCode } from '../faults.ts';

export interface Securing {
  /** The name or address that the certificate must contain. */
  readonly host: string;
  /** Certificates (PEM) to trust instead of the well-known authorities. */
  readonly ca?: string | undefined;
  readonly certificate?: ClientCertificate | undefined;
  readonly sessions: Sessions;
  /** Protocols to offer (ALPN); default: HTTP. */
  readonly protocols?: readonly string[];
  /** Ends the handshake, with the signal's reason as the error. */
  readonly signal: AbortSignal;
}

/** TLS sessions, which shorten the handshake of the next connection to a host. */
export type Sessions = Map<string, Buffer>;

/**
 * Starts TLS 1.2 or newer over an open connection. It always verifies the certificate.
 *
 * @throws {Fault} with the problem of the certificate; the reason of the signal
 */
export function secure(
  raw: Socket,
  { host, ca, certificate, sessions, signal, protocols = ['http/1.1'] }: Securing,
): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const socket = connect({
    socket: raw,
    host,
    // An address is not a server name (RFC 6066, section 3).
    servername: isIP(host) === 0 ? host : '',
    ca,
    cert: certificate?.cert.reveal(),
    key: certificate?.key.reveal(),
    minVersion: 'TLSv1.2',
    // Set explicitly, because NODE_TLS_REJECT_UNAUTHORIZED in the environment could turn it off.
    rejectUnauthorized: true,
    ALPNProtocols: [...protocols],
    session: sessions.get(host),
  });
  let peer: Buffer | undefined;
  // Node emits this right before it verifies the certificate, which is gone after a refusal. (The newer
  // getPeerX509Certificate, called here, makes Node 24.21 lose the names in it.)
  socket.prependOnceListener('secure', () => {
    peer = socket.getPeerCertificate().raw;
  });
  const abort = () => {
    socket.destroy();
    reject(signal.reason);
  };
  const fail = (error: Error) => {
    signal.removeEventListener('abort', abort);
    sessions.delete(host);
    reject(handshakeFault(error, peer, certificate !== undefined));
  };
  signal.addEventListener('abort', abort, { once: true });
  socket
    .on('session', (session) => sessions.set(host, session))
    .once('error', fail)
    .once('secureConnect', () => {
      signal.removeEventListener('abort', abort);
      socket.off('error', fail).on('error', () => {});
      resolve(socket);
    });
  return promise;
}

function handshakeFault(error: Error, peer: Buffer | undefined, hasCertificate: boolean): Fault {
  const { reason, detail } = faultOf(error);
  if (detail === 'ECONNRESET' || detail === 'EPIPE') {
    const advice = phrase<FaultCode>(hasCertificate ? 'check_tls_and_certificate' : 'check_tls');
    return new Fault({ code: 'connection', what: [phrase('closed_in_handshake')], advice: [advice] }, detail);
  }
  const what = peer && certificateFault(new X509Certificate(peer), detail);
  return new Fault(what === undefined ? reason : { ...reason, what: [what] }, detail);
}

/** The fault of a certificate, with its own dates or names. */
function certificateFault(peer: X509Certificate, word: string | undefined): Phrase<FaultCode> | undefined {
  switch (word) {
    case 'CERT_HAS_EXPIRED':
      return peer.validToDate < new Date()
        ? phrase('expired_on', dayOf(peer.validToDate))
        : phrase('chain_expired');
    case 'CERT_NOT_YET_VALID':
      return phrase('valid_from', dayOf(peer.validFromDate));
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return namesIn(peer.subjectAltName);
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return issuerIn(peer.issuer);
    default:
      return undefined;
  }
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** Names that a message repeats. A certificate is foreign text, so only a few host names are shown. */
const MOST_NAMES = 3;
const HOST_NAME = /^(?:\*\.)?[a-z0-9.-]{1,80}$/i;

function namesIn(subjectAltName = ''): Phrase<FaultCode> {
  const names = [...subjectAltName.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].flatMap(([, name = '']) =>
    HOST_NAME.test(name) ? [name] : [],
  );
  if (names.length === 0) return phrase('certificate_for_other');
  const named = names.slice(0, MOST_NAMES).join(', ');
  const more = names.length - MOST_NAMES;
  return more > 0 ? phrase('certificate_for_more', named, String(more)) : phrase('certificate_for', named);
}

function issuerIn(issuer: string): Phrase<FaultCode> {
  const name = /^(?:CN|O)=([\w .,'&()-]{1,60})$/m.exec(issuer)?.[1];
  return name === undefined ? phrase('signed_by_somebody') : phrase('signed_by', name);
}
