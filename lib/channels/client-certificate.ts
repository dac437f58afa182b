import { createPrivateKey, X509Certificate } from 'node:crypto';
import * as z from 'zod/mini';
import type { ClientCertificate } from '../http/client.ts';
import { secretText } from './channel-type.ts';

const BLOCKS = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const KEY_BLOCK = /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/;
const ENCRYPTED = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;
const FROM_FILE = '${file:/path/to/it.pem} reads it from a file';

const NO_CERTIFICATE = `expected a certificate in PEM (-----BEGIN CERTIFICATE-----); ${FROM_FILE}`;

const DAY_MS = 24 * 60 * 60 * 1000;
/** Time before the end of a certificate from which on there is a warning. */
const WARN_BEFORE_MS = 14 * DAY_MS;

/** A certificate and its key as the configuration writes them, checked against each other. */
export const clientCertificateSchema = z
  .strictObject({
    cert: secretText.check(z.describe('The certificate in PEM, followed by the rest of its chain.')),
    key: secretText.check(z.describe('Its private key in PEM, not encrypted. A secret.')),
  })
  .check(
    z.check(({ value, issues }) => {
      for (const [part, message] of problemsOf(value)) {
        issues.push({ code: 'custom', input: undefined, path: [part], message });
      }
    }),
  );

function problemsOf({ cert, key }: ClientCertificate): [part: 'cert' | 'key', message: string][] {
  const certificates = certificatesIn(cert.reveal());
  const ofKey = keyProblem(key.reveal());
  const problems: [part: 'cert' | 'key', message: string][] = [];
  if (certificates === undefined) problems.push(['cert', NO_CERTIFICATE]);
  if (ofKey !== undefined) problems.push(['key', ofKey]);
  const [own] = certificates ?? [];
  if (own !== undefined && ofKey === undefined && !own.checkPrivateKey(createPrivateKey(key.reveal()))) {
    problems.push(['key', 'is not the key of the first certificate in cert, which must be your own']);
  }
  return problems;
}

/** @returns nothing when there is no certificate, or one is unreadable */
function certificatesIn(text: string): X509Certificate[] | undefined {
  const blocks = text.match(BLOCKS) ?? [];
  try {
    return blocks.length === 0 ? undefined : blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

function keyProblem(text: string): string | undefined {
  if (ENCRYPTED.test(text)) return 'is encrypted; provide it without a passphrase (openssl pkey -in FILE)';
  if (!KEY_BLOCK.test(text))
    return `expected a private key in PEM (-----BEGIN PRIVATE KEY-----); ${FROM_FILE}`;
  try {
    createPrivateKey(text);
    return undefined;
  } catch {
    return 'is not a readable private key; is it complete?';
  }
}

/**
 * The problem of a certificate's dates, in words; nothing if it is valid for more than two weeks. The configuration is
 * accepted all the same: the receiver decides about the certificate, and other channels go on.
 *
 * @param now milliseconds since the epoch
 */
export function certificateWarning({ cert }: ClientCertificate, now: number): string | undefined {
  const certificates = certificatesIn(cert.reveal()) ?? [];
  const end = Math.min(...certificates.map(({ validToDate }) => validToDate.getTime()));
  const start = Math.max(...certificates.map(({ validFromDate }) => validFromDate.getTime()));
  if (end <= now) return `expired on ${dayOf(end)}: receivers will refuse it; renew it`;
  if (start > now) return `is not valid before ${dayOf(start)}: receivers will refuse it`;
  return end - now < WARN_BEFORE_MS ? `expires on ${dayOf(end)}; renew it` : undefined;
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
