import { afterEach, describe, expect, it, vi } from 'vitest';
import { client, failureOf, fixture, get, LIMITS, tlsServer, toLoopback } from './servers.ts';

const ca = fixture('ca.crt');

afterEach(() => vi.unstubAllEnvs());

describe('a client over TLS', () => {
  it('talks to a server whose certificate is right', async () => {
    const server = await tlsServer('localhost');
    const http = client({ ca, lookup: toLoopback });
    expect((await http.request(get(server.url()), LIMITS)).body).toBe('hello');
    expect((await http.request(get(server.url()), LIMITS)).body).toBe('hello');
    expect(server.connections()).toBe(1);
  });

  it.each([
    [
      'other-host',
      'certificate is for other.example, not for this host (ERR_TLS_CERT_ALTNAME_INVALID); check the host name',
    ],
    ['expired', 'certificate expired on 2021-01-01 (CERT_HAS_EXPIRED); renew it'],
    [
      'self-signed',
      'certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT); use a certificate of a public authority, or add this one with NODE_EXTRA_CA_CERTS',
    ],
  ])('refuses the certificate %s, even where insecure addresses are allowed', async (certificate, reason) => {
    const server = await tlsServer(certificate);
    const url = server.url();
    const error = await failureOf(client({ ca, lookup: toLoopback }).request(get(url), LIMITS));
    expect(error.code).toBe('tls');
    expect(error.message).toBe(`${url.host}: ${reason}`);
    expect(server.connections()).toBe(1);
  });

  it('accepts a name with a dot at its end', async () => {
    const server = await tlsServer('localhost');
    const url = new URL(`https://localhost.:${server.port}/`);
    expect((await client({ ca, lookup: toLoopback }).request(get(url), LIMITS)).body).toBe('hello');
  });

  it('refuses an unknown authority', async () => {
    const server = await tlsServer('localhost');
    const error = await failureOf(client({ lookup: toLoopback }).request(get(server.url()), LIMITS));
    expect(error).toMatchObject({ code: 'tls', detail: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
    expect(server.connections()).toBe(1);
  });

  it('refuses bad certificates whatever the environment has set', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const server = await tlsServer('expired');
    const error = await failureOf(client({ ca, lookup: toLoopback }).request(get(server.url()), LIMITS));
    expect(error.detail).toBe('CERT_HAS_EXPIRED');
  });

  it('refuses TLS older than 1.2', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const server = await tlsServer('localhost', old);
    const error = await failureOf(client({ ca, lookup: toLoopback }).request(get(server.url()), LIMITS));
    expect(error.code).toBe('tls');
    expect(server.connections()).toBe(1);
  });
});
