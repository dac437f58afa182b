import { X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { ClientCertificate } from './client.ts';
import { Fault, faultOf } from './reasons.ts';

export interface Securing {
  /** Whom the certificate must be for: a name or an address. */
  readonly host: string;
  /** Certificates (PEM) to trust instead of the well-known authorities. */
  readonly ca?: string | undefined;
  readonly certificate?: ClientCertificate | undefined;
  readonly sessions: Sessions;
  /** Protocols to offer (ALPN); default: HTTP. */
  readonly protocols?: readonly string[];
  /** Ends the handshake; what it is aborted with is the error. */
  readonly signal: AbortSignal;
}

/** TLS sessions, which shorten the handshake of the next connection to a host. */
export type Sessions = Map<string, Buffer>;

/**
 * Speaks TLS 1.2 or newer over a connection that is open. The certificate is always verified.
 *
 * @throws {Fault} that names what is wrong with the certificate; the reason of the signal
 */
export function secure(
  raw: Socket,
  { host, ca, certificate, sessions, signal, protocols = ['http/1.1'] }: Securing,
): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const socket = connect({
    socket: raw,
    host,
    // RFC 6066, section 3: an address is no server name.
    servername: isIP(host) === 0 ? host : '',
    ca,
    cert: certificate?.cert.reveal(),
    key: certificate?.key.reveal(),
    minVersion: 'TLSv1.2',
    // Said aloud, because the environment (NODE_TLS_REJECT_UNAUTHORIZED) could say otherwise.
    rejectUnauthorized: true,
    ALPNProtocols: [...protocols],
    session: sessions.get(host),
  });
  let peer: Buffer | undefined;
  // Node emits this right before it judges the certificate; afterwards it is gone. (The newer getPeerX509Certificate, asked
  // here, makes Node 24.21 forget the names in it.)
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
    const more = hasCertificate ? ', and accepts the client certificate' : '';
    const advice = `check that the port speaks TLS${more}`;
    return new Fault(
      { code: 'connection', what: 'connection closed during the TLS handshake', advice },
      detail,
    );
  }
  const what = peer === undefined ? undefined : certificateWords(new X509Certificate(peer), detail);
  return new Fault(what === undefined ? reason : { ...reason, what }, detail);
}

/** The certificate's own words about its fault. */
function certificateWords(peer: X509Certificate, word: string | undefined): string | undefined {
  switch (word) {
    case 'CERT_HAS_EXPIRED':
      return peer.validToDate < new Date()
        ? `certificate expired on ${dayOf(peer.validToDate)}`
        : 'a certificate in its chain has expired';
    case 'CERT_NOT_YET_VALID':
      return `certificate is not valid before ${dayOf(peer.validFromDate)}`;
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `certificate is for ${namesIn(peer.subjectAltName) ?? 'another host'}, not for this host`;
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return `certificate is signed by ${issuerIn(peer.issuer) ?? 'an authority'}, which is not trusted here`;
    default:
      return undefined;
  }
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** A certificate is foreign text: only names of hosts are repeated, and not many. */
const MOST_NAMES = 3;
const HOST_NAME = /^(?:\*\.)?[a-z0-9.-]{1,80}$/i;

function namesIn(subjectAltName = ''): string | undefined {
  const names = [...subjectAltName.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].flatMap(([, name = '']) =>
    HOST_NAME.test(name) ? [name] : [],
  );
  if (names.length === 0) return undefined;
  const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
  return names.slice(0, MOST_NAMES).join(', ') + more;
}

/** @returns in quotes, for it is a text of another */
function issuerIn(issuer: string): string | undefined {
  const name = /^(?:CN|O)=([\w .,'&()-]{1,60})$/m.exec(issuer)?.[1];
  return name === undefined ? undefined : `"${name}"`;
}
