import { defined } from '../../base/defined.ts';
import { phrase } from '../../base/explanation.ts';
import type { Secret } from '../../base/secret.ts';
import { type HttpClient, HttpError } from '../../http/client.ts';
import type { Hint } from '../../language/en/explanations/hints.ts';
import { outcomeOfError } from '../answers/http-outcome.ts';
import { reasonFrom, reasonFromHint } from '../answers/outcome-reason.ts';
import type { Outcome } from '../channel.ts';
import { mailErrorIn, meaningOf, ownWords, whyOf } from './answers.ts';
import type { Mail } from './mail.ts';
import { type MailServer, serverAt } from './server.ts';

/** Some servers let strangers wait for ten seconds before they greet. */
export const TIMEOUT_MS = 20_000;

export interface Sending {
  readonly url: Secret;
  readonly allowInsecure: boolean;
  readonly http: HttpClient;
}

/** Sends one mail over a connection of its own. A connection that is lost after the last byte leaves open what became of it. */
export async function sendMail(mail: Mail, { url, allowInsecure, http }: Sending): Promise<Outcome> {
  const startedAt = performance.now();
  const msSince = () => performance.now() - startedAt;
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), TIMEOUT_MS);
  try {
    const transport = await transportTo(serverAt(url), { allowInsecure, http, signal: deadline.signal });
    const { accepted, rejected } = await transport.sendMail({ ...mail, signal: deadline.signal });
    const refused = rejected.length;
    const ms = msSince();
    if (refused === 0) return { class: 'delivered', reason: 'SMTP 250', ms };
    const some = phrase<Hint>('some_refused', String(refused), String(refused + accepted.length));
    return { class: 'delivered', ...reasonFrom({ at: 'SMTP 250', advice: [some] }), isPartial: true, ms };
  } catch (error) {
    return deadline.signal.aborted ? late(msSince()) : outcomeOf(error, msSince());
  } finally {
    clearTimeout(timer);
  }
}

interface Way {
  readonly allowInsecure: boolean;
  readonly http: HttpClient;
  readonly signal: AbortSignal;
}

/** Loaded only where a mail is sent: 240 kB that no other channel needs. */
export async function transportTo(server: MailServer, { allowInsecure, http, signal }: Way) {
  const { createTransport } = await import('nodemailer');
  const { host, port, isSecure, login } = server;
  return createTransport(
    defined<import('nodemailer').SMTPTransportOptions>({
      host,
      port,
      secure: isSecure,
      requireTLS: !isSecure && !allowInsecure,
      // Where plain text is permitted, TLS that nobody can check is still better.
      tls: { minVersion: 'TLSv1.2', rejectUnauthorized: !allowInsecure },
      auth: login,
      disableFileAccess: true,
      disableUrlAccess: true,
      // The one deadline is ours.
      connectionTimeout: 2 * TIMEOUT_MS,
      greetingTimeout: 2 * TIMEOUT_MS,
      socketTimeout: 2 * TIMEOUT_MS,
      // Its own sockets would know neither the address guard nor the proxies.
      getSocket: (_options, callback) => {
        const opening =
          http.openSocket?.(server, { allowInsecure, signal }) ?? Promise.reject(new TypeError('no sockets'));
        opening.then(
          (connection) => callback(null, { connection, secured: isSecure }),
          (error: Error) => callback(error),
        );
      },
    }),
  );
}

function late(ms: number): Outcome {
  return { class: 'pause', ...reasonFromHint('mail_late', String(TIMEOUT_MS)), retryAfterMs: 60_000, ms };
}

function outcomeOf(error: unknown, ms: number): Outcome {
  if (error instanceof HttpError) return { ...outcomeOfError(error), ...ownWords(error), ms };
  const known = mailErrorIn(error);
  if (known === undefined) return { ...outcomeOfError(error), ms };
  const meaning = meaningOf(known);
  const { class: outcomeClass, pauseMs } = meaning;
  return defined({ class: outcomeClass, ...whyOf(known, meaning), retryAfterMs: pauseMs, ms });
}
