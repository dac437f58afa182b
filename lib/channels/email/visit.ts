import type { Socket } from 'node:net';
import { defined } from '../../base/defined.ts';
import type { Secret } from '../../base/secret.ts';
import { HttpError } from '../../http/client.ts';
import { type Visit, type VisitDeps, visitThatFailed } from '../visit.ts';
import { mailErrorIn, meaningOf, ownWords, stageOf, whyOf } from './answers.ts';
import { transportTo } from './send.ts';
import { serverAt } from './server.ts';

interface ServerSettings {
  readonly url: Secret;
  readonly allowInsecure: boolean;
}

/** Visits a mail server: connection, TLS, sign-in, and goodbye. No mail is begun. */
export async function visitServer(
  { url, allowInsecure }: ServerSettings,
  { http, signal }: VisitDeps,
): Promise<Visit> {
  const server = serverAt(url);
  const open: Socket[] = [];
  const openSocket: typeof http.openSocket = async (target, limits) => {
    const socket = await (http.openSocket?.(target, limits) ?? Promise.reject(new TypeError('no sockets')));
    open.push(socket);
    return socket;
  };
  const end = () => {
    for (const socket of open) socket.destroy();
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    const transport = await transportTo(server, { allowInsecure, http: { ...http, openSocket }, signal });
    await transport.verify();
    const isEncrypted = server.isSecure || !allowInsecure;
    return defined<Visit>({
      kind: 'open',
      tls: isEncrypted ? {} : undefined,
      isSignedIn: server.login === undefined ? undefined : true,
    });
  } catch (error) {
    return signal.aborted ? visitThatFailed(signal.reason) : failedVisit(error);
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}

function failedVisit(error: unknown): Visit {
  if (error instanceof HttpError) {
    const isTls = visitThatFailed(error).kind === 'insecure';
    return { kind: isTls ? 'insecure' : 'unreached', reason: ownWords(error).reason ?? error.message };
  }
  const known = mailErrorIn(error);
  if (known === undefined)
    return { kind: 'unreached', reason: 'the mail server closed the connection; check url' };
  return { kind: stageOf(known), reason: whyOf(known, meaningOf(known)).reason };
}
