import type { TlsOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { client, failureOf, fixture, get, httpServer, LIMITS, tlsServer, toLoopback } from './servers.ts';

const ca = fixture('ca.crt');
const key = new Secret(fixture('client.key'));
const good = { cert: new Secret(fixture('client.crt')), key };
const expired = { cert: new Secret(fixture('client-expired.crt')), key };
const strange = { cert: new Secret(fixture('self-signed.crt')), key: new Secret(fixture('server.key')) };

/** Talks only to those whom the authority of the tests has certified, and notes whom it let in. */
async function guardedServer(options: TlsOptions = {}) {
  const seen: string[] = [];
  const refused: unknown[] = [];
  const server = await tlsServer(
    'localhost',
    { ca, requestCert: true, rejectUnauthorized: true, ...options },
    (tls) => {
      tls
        .on('secureConnection', (socket) => seen.push(socket.getPeerX509Certificate()?.subject ?? 'nobody'))
        .on('tlsClientError', (error) => refused.push(error));
    },
  );
  return { server, seen, refused };
}

const http = () => client({ ca, lookup: toLoopback });

describe.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'over %s, a server that requires a client certificate',
  (maxVersion) => {
    it('gets the configured one', async () => {
      const { server, seen } = await guardedServer({ maxVersion });
      const answer = await http().request(get(server.url()), { ...LIMITS, clientCertificate: good });
      expect(answer.body).toBe('hello');
      expect(seen).toEqual(['CN=client']);
    });

    it('is named in the error when there is none', async () => {
      const { server, seen, refused } = await guardedServer({ maxVersion });
      const error = await failureOf(http().request(get(server.url()), LIMITS));
      expect(error.message).toMatch(/may require a client certificate \(clientCertificate\)/);
      expect([seen, refused.length]).toEqual([[], 1]);
    });

    it.each([
      ['has expired', expired],
      ['is signed by nobody whom it knows', strange],
    ])('is named in the error when it refuses one that %s', async (_what, clientCertificate) => {
      const { server, seen, refused } = await guardedServer({ maxVersion });
      const error = await failureOf(http().request(get(server.url()), { ...LIMITS, clientCertificate }));
      expect(error.message).toMatch(/client certificate/);
      expect(error.message).not.toContain('BEGIN');
      expect([seen, refused.length]).toEqual([[], 1]);
    });
  },
);

it('a connection with a certificate is not reused without it, or with another', async () => {
  const { server, seen } = await guardedServer({ rejectUnauthorized: false });
  const shared = http();
  for (const clientCertificate of [good, expired, good]) {
    await shared.request(get(server.url()), { ...LIMITS, clientCertificate });
  }
  await shared.request(get(server.url()), LIMITS);
  expect(seen).toEqual(['CN=client', 'CN=client-expired', 'nobody']);
});

describe('an error names a port that speaks', () => {
  it('plain HTTP when TLS was expected', async () => {
    const server = await httpServer((_request, response) => response.end());
    const error = await failureOf(http().request(get(new URL(`https://localhost:${server.port}/`)), LIMITS));
    expect(error.code).toBe('tls');
    expect(error.message).toBe(
      `localhost:${server.port}: this port probably speaks plain HTTP, not TLS (ERR_SSL_WRONG_VERSION_NUMBER); check the port, or use http:// with allowInsecure: true`,
    );
  });

  it('TLS when plain HTTP was expected', async () => {
    const server = await tlsServer('localhost');
    const error = await failureOf(http().request(get(new URL(`http://localhost:${server.port}/`)), LIMITS));
    expect(error.message).toMatch(/this port speaks TLS/);
    expect(error.message).toMatch(/use https:\/\//);
  });
});

it('a certificate of an unknown authority is reported with the name of that authority', async () => {
  const server = await tlsServer('localhost');
  const error = await failureOf(client({ lookup: toLoopback }).request(get(server.url()), LIMITS));
  expect(error.message).toBe(
    `localhost:${server.port}: certificate is signed by "ca", which is not trusted here (UNABLE_TO_VERIFY_LEAF_SIGNATURE); have the server send the full chain, or add the authority with NODE_EXTRA_CA_CERTS`,
  );
});
