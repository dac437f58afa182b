import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../http/servers.ts';
import { NO_REDIS, type RedisServer, startRedis } from '../../support/redis-server.ts';

const FIXTURES = resolve('test/fixtures/tls');
const CHILD = resolve('test/store/redis/tls-child.ts');
const TRUSTING = { NODE_EXTRA_CA_CERTS: `${FIXTURES}/ca.crt` };
const certificate = (name: string) => readFileSync(`${FIXTURES}/${name}.crt`, 'utf8');
const USER = ['--user', 'watch', 'on', '>canary-redis-password-7Qn', '~*', '&*', '+@all'];

let redis: RedisServer | undefined;
afterEach(async () => {
  await redis?.close();
  redis = undefined;
});

/** The port of a Redis that has TLS with a certificate of an authority of its own. */
async function tlsPort(certificate: string): Promise<number> {
  const port = await freePort();
  redis = await startRedis([
    ...['--tls-port', String(port), '--tls-auth-clients', 'no'],
    ...['--tls-cert-file', `${FIXTURES}/${certificate}.crt`, '--tls-key-file', `${FIXTURES}/server.key`],
    ...['--tls-ca-cert-file', `${FIXTURES}/ca.crt`],
    ...USER,
  ]);
  return port;
}

/** What a process with this environment makes of a Redis. */
async function outcomeOf(certificate: string, env: Readonly<Record<string, string>>, rest = '') {
  const port = await tlsPort(certificate);
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [CHILD], { env: { PATH, ...env } });
  child.stdin.end(`rediss://watch:canary-redis-password-7Qn@127.0.0.1:${port}${rest}`);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  expect(out + err).not.toContain('canary');
  return out.replace(String(port), 'PORT');
}

describe.skipIf(NO_REDIS)('a Redis with TLS and an authority of its own', () => {
  it('keeps a state where NODE_EXTRA_CA_CERTS names that authority', async () => {
    expect(await outcomeOf('localhost', TRUSTING)).toBe('saved, {}');
  });

  it('keeps a state where STATE_REDIS_CA holds the certificate of that authority', async () => {
    expect(await outcomeOf('localhost', { STATE_REDIS_CA: certificate('ca') })).toBe('saved, {}');
  });

  it.each<[string, string, Readonly<Record<string, string>>, string]>([
    [
      'without NODE_EXTRA_CA_CERTS',
      'localhost',
      {},
      'has a certificate that is not trusted: give the certificate of its CA in STATE_REDIS_CA, or name the file in NODE_EXTRA_CA_CERTS',
    ],
    [
      'with another authority in STATE_REDIS_CA, which alone is trusted then',
      'localhost',
      { ...TRUSTING, STATE_REDIS_CA: certificate('self-signed') },
      'has a certificate that is not trusted: give the certificate of its CA in STATE_REDIS_CA',
    ],
    [
      'with another authority in NODE_EXTRA_CA_CERTS',
      'localhost',
      { NODE_EXTRA_CA_CERTS: `${FIXTURES}/self-signed.crt` },
      'has a certificate that is not trusted: give the certificate of its CA in STATE_REDIS_CA, or name the file in NODE_EXTRA_CA_CERTS',
    ],
    [
      'with a certificate for another name',
      'other-host',
      TRUSTING,
      'has a certificate for another name: use that name, or tell it with ?servername=NAME',
    ],
    [
      'with a certificate that has expired',
      'expired',
      TRUSTING,
      'has a certificate that has expired: renew it',
    ],
  ])('is refused %s', async (_when, certificate, env, words) => {
    expect(await outcomeOf(certificate, env)).toContain(`The Redis at 127.0.0.1:PORT ${words}`);
  });

  it('is taken by the name that its certificate has, where the address gives it', async () => {
    expect(await outcomeOf('other-host', TRUSTING, '?servername=other.example')).toBe('saved, {}');
  });
});
