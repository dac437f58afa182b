import { X509Certificate } from 'node:crypto';
import type { Env } from '../base/env.ts';
import { Secret } from '../base/secret.ts';
import { ConfigError } from '../config/errors.ts';
import type { StoreChoice } from '../store/index.ts';

const VARIABLE = 'STATE_REDIS_CA';
const CERTIFICATE = /-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----/gs;

/**
 * The Redis at an address, with the authorities of `STATE_REDIS_CA`.
 *
 * @throws {ConfigError} when that variable holds no certificates, or the address asks for no TLS
 */
export function redisChoice(url: string, env: Env): StoreChoice<'redis'> {
  const text = env[VARIABLE] ?? '';
  if (text !== '' && url.startsWith('redis:')) throw withoutTls();
  return { kind: 'redis', url: new Secret(url), ca: text === '' ? undefined : certificatesIn(text) };
}

/** Takes lines as consoles leave them: joined, or with ends written as `\n`. */
function certificatesIn(text: string): string {
  const found = [...text.matchAll(CERTIFICATE)].map(([, body = '']) =>
    pemOf(body.replaceAll(/\\[nr]|\s/g, '')),
  );
  if (found.length === 0) throw refused();
  return found.join('\n');
}

function pemOf(base64: string): string {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).toString();
  } catch {
    throw refused();
  }
}

function withoutTls(): ConfigError {
  return new ConfigError(
    'invalid_config',
    `${VARIABLE} is set, but the address of the Redis begins with redis://, which is without TLS: write rediss://, or leave ${VARIABLE} out`,
  );
}

function refused(): ConfigError {
  return new ConfigError(
    'invalid_config',
    `${VARIABLE} must be the text of one or more certificates (PEM, -----BEGIN CERTIFICATE----- …), not the name of a file`,
  );
}
