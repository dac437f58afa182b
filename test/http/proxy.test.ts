import { afterEach, describe, expect, it, vi } from 'vitest';
import { readProxies } from '../../lib/http/proxies.ts';
import { type ProxyOptions, proxyServer } from './proxy-server.ts';
import {
  client,
  failingLookup,
  failureOf,
  fixture,
  freePort,
  get,
  httpServer,
  LIMITS,
  rawServer,
  tlsServer,
  toLoopback,
} from './servers.ts';

const STRICT = { ...LIMITS, allowInsecure: false };
const notHere = failingLookup('ENOTFOUND');

afterEach(() => vi.unstubAllEnvs());

/** Names that only the proxy knows; the proxy itself is an address. */
async function through(
  options: ProxyOptions,
  { user = '', scheme = 'http', host = '127.0.0.1', lookup = notHere, noProxy = '' } = {},
) {
  const proxy = await proxyServer(options);
  const address = `${scheme}://${user}${host}:${proxy.port}`;
  const env = { HTTPS_PROXY: address, HTTP_PROXY: address, NO_PROXY: noProxy };
  const { proxies } = readProxies(env);
  return {
    proxy,
    http: client({ ca: fixture('ca.crt'), lookup, proxies }),
    address: `127.0.0.1:${proxy.port}`,
  };
}

describe('through a proxy', () => {
  it('an https:// address is reached by a tunnel: its certificate is checked, and the proxy sees no request', async () => {
    const target = await tlsServer('other-host');
    const { proxy, http } = await through({ hosts: { 'other.example:443': target.port } });
    const url = new URL('https://other.example/secret-path');
    expect((await http.request(get(url), STRICT)).body).toBe('hello');
    expect((await http.request(get(url), STRICT)).body).toBe('hello');
    expect(proxy.asked).toEqual(['CONNECT other.example:443']);
  });

  it('an http:// address is asked for by the proxy itself', async () => {
    const seen: unknown[] = [];
    const target = await httpServer((request, response) => {
      seen.push([request.url, request.headers.host, request.headers['proxy-authorization']]);
      request.pipe(response);
    });
    const { proxy, http } = await through({ hosts: { 'name.example': target.port } }, { user: 'u:p@' });
    const url = new URL('http://name.example/path?query');
    const answer = await http.request(
      { method: 'POST', url, headers: { 'x-a': 'b' }, body: 'hello' },
      LIMITS,
    );
    expect(answer).toMatchObject({ status: 200, body: 'hello' });
    expect(proxy.asked).toEqual(['POST http://name.example/path?query']);
    expect(proxy.authorizations).toEqual([`Basic ${btoa('u:p')}`]);
    expect(seen).toEqual([['/path?query', 'name.example', undefined]]);
  });

  it('that requires a password the one of its address is sent, and not to the target', async () => {
    const target = await tlsServer('other-host');
    const { proxy, http } = await through(
      { hosts: { 'other.example:443': target.port }, authorization: `Basic ${btoa('user:pass word')}` },
      { user: 'user:pass%20word@' },
    );
    expect((await http.request(get(new URL('https://other.example/')), STRICT)).body).toBe('hello');
    expect(proxy.authorizations).toEqual([`Basic ${btoa('user:pass word')}`]);
  });

  it('over TLS everything works the same', async () => {
    const target = await tlsServer('other-host');
    const plain = await httpServer((_request, response) => response.end('plain'));
    const { http } = await through(
      { hosts: { 'other.example:443': target.port, 'name.example': plain.port }, secure: true },
      { scheme: 'https', host: 'localhost', lookup: toLoopback },
    );
    expect((await http.request(get(new URL('https://other.example/')), LIMITS)).body).toBe('hello');
    expect((await http.request(get(new URL('http://name.example/')), LIMITS)).body).toBe('plain');
  });

  it('no request goes to a host that NO_PROXY names', async () => {
    const target = await tlsServer('localhost');
    const { proxy, http } = await through({}, { noProxy: 'localhost', lookup: toLoopback });
    expect((await http.request(get(target.url()), LIMITS)).body).toBe('hello');
    expect(proxy.asked).toEqual([]);
  });

  it('the caps and the deadline hold, too', async () => {
    const long = await httpServer((_request, response) => response.end('x'.repeat(1000)));
    const silent = await rawServer(() => {});
    const { http, address } = await through({
      hosts: { 'long.example': long.port, 'silent.example': silent.port },
    });
    const capped = http.request(get(new URL('http://long.example/')), { ...LIMITS, maxBodyBytes: 100 });
    expect((await failureOf(capped)).code).toBe('too_large');
    const late = await failureOf(
      http.request(get(new URL('http://silent.example/')), { ...LIMITS, timeoutMs: 1000 }),
    );
    expect(late.message).toBe(
      `silent.example: no complete answer within 1000 ms, through the proxy ${address}`,
    );
  });

  it('a request that is cancelled while the proxy waits ends in time', async () => {
    const silent = await rawServer(() => {});
    const { proxies } = readProxies({ HTTPS_PROXY: silent.url().href });
    const http = client({ lookup: notHere, proxies });
    const error = await failureOf(
      http.request(get(new URL('https://name.example/')), { ...STRICT, timeoutMs: 1000 }),
    );
    expect(error).toMatchObject({ code: 'timeout' });
    expect(error.message).toContain(`through the proxy ${silent.url().host}`);
    expect(silent.connections()).toBe(1);
    await http.close();
  });
});

describe('through a proxy, the address guard', () => {
  it.each([
    'https://127.0.0.1/',
    'https://10.0.0.1/',
    'https://0x7f.1/',
    'https://localhost/',
    'https://[::1]/',
  ])('refuses %s', async (url) => {
    const { proxy, http } = await through({});
    expect((await failureOf(http.request(get(new URL(url)), STRICT))).code).toBe('blocked_address');
    expect(proxy.asked).toEqual([]);
  });

  it('refuses a name that resolves to a private address here', async () => {
    const { proxy, http } = await through({ hosts: { 'name.example:443': 1 } }, { lookup: toLoopback });
    const error = await failureOf(http.request(get(new URL('https://name.example/')), STRICT));
    expect(error).toMatchObject({ code: 'blocked_address' });
    expect(error.message).toMatch(/^name\.example: resolves to a private or loopback address/);
    expect(proxy.asked).toEqual([]);
  });

  it('leaves a name that is unknown here to the proxy', async () => {
    const target = await tlsServer('other-host');
    const { proxy, http } = await through({ hosts: { 'other.example:443': target.port } });
    expect((await http.request(get(new URL('https://other.example/')), STRICT)).status).toBe(200);
    expect(proxy.asked).toEqual(['CONNECT other.example:443']);
  });

  it('leaves a name whose lookup never ends here to the proxy', async () => {
    const target = await tlsServer('other-host');
    let asked = 0;
    const lookup = () => {
      asked += 1;
    };
    const { http } = await through({ hosts: { 'other.example:443': target.port } }, { lookup });
    expect((await http.request(get(new URL('https://other.example/')), STRICT)).status).toBe(200);
    expect(asked).toBe(1);
  });

  it('looks nothing up where private addresses are permitted', async () => {
    const target = await tlsServer('other-host');
    let asked = 0;
    const lookup = () => {
      asked += 1;
    };
    const { http } = await through({ hosts: { 'other.example:443': target.port } }, { lookup });
    expect((await http.request(get(new URL('https://other.example/')), LIMITS)).status).toBe(200);
    expect(asked).toBe(0);
  });
});

describe('an error names the proxy', () => {
  const ask = async (url: string, options: ProxyOptions, way = {}) => {
    const { http, address } = await through(options, way);
    const error = await failureOf(http.request(get(new URL(url)), LIMITS));
    return { code: error.code, message: error.message.replaceAll(address, 'PROXY') };
  };

  it('that refuses a tunnel', async () => {
    expect(await ask('https://name.example/', { refuseWith: 403 })).toEqual({
      code: 'connection',
      message:
        'name.example: the proxy PROXY refused to connect to name.example:443 (HTTP 403); allow the host there, or add it to NO_PROXY',
    });
  });

  it('that does not reach the target', async () => {
    expect(await ask('https://name.example:8443/', {})).toEqual({
      code: 'connection',
      message:
        'name.example:8443: the proxy PROXY could not reach name.example:8443 (HTTP 502); check the host name, and that the proxy can reach it',
    });
  });

  it.each(['https://name.example/', 'http://name.example/'])('that requires a password (%s)', async (url) => {
    const { code, message } = await ask(url, { authorization: 'Basic x' });
    expect(code).toBe('connection');
    expect(message).toMatch(
      /^name\.example: the proxy PROXY requires a user name and password to reach name\.example(?::443)? \(HTTP 407\); set them in HTTPS?_PROXY: http:\/\/user:password@host$/,
    );
  });

  it.each(['https://name.example/', 'http://name.example/'])(
    'that refuses the password (%s), without it',
    async (url) => {
      const { code, message } = await ask(url, { authorization: 'Basic x' }, { user: 'canary:canary@' });
      expect(code).toBe('connection');
      expect(message).toMatch(
        /the proxy PROXY refused the user name or password to reach .* \(HTTP 407\); check the user name and password in HTTPS?_PROXY$/,
      );
      expect(message).not.toContain('canary');
    },
  );

  it.each(['https://name.example/', 'http://name.example/'])('that cannot be reached (%s)', async (url) => {
    const address = `127.0.0.1:${await freePort()}`;
    const { proxies } = readProxies({ HTTPS_PROXY: `http://canary:canary@${address}`, HTTP_PROXY: address });
    const error = await failureOf(client({ lookup: notHere, proxies }).request(get(new URL(url)), LIMITS));
    expect(error).toMatchObject({ code: 'connection', host: 'name.example', detail: 'ECONNREFUSED' });
    expect(error.message).toMatch(
      new RegExp(
        `^name\\.example: the proxy ${address} cannot be used: connection refused \\(ECONNREFUSED\\); check HTTPS?_PROXY$`,
      ),
    );
  });

  it.each(['https://name.example/', 'http://name.example/'])('whose name is unknown (%s)', async (url) => {
    const { proxies } = readProxies({ HTTPS_PROXY: 'proxy.example:3128', HTTP_PROXY: 'proxy.example:3128' });
    const error = await failureOf(client({ lookup: notHere, proxies }).request(get(new URL(url)), LIMITS));
    // What is wrong is not the name of the target.
    expect(error.code).toBe('connection');
    expect(error.message).toContain(
      'the proxy proxy.example:3128 cannot be used: host name not found (ENOTFOUND)',
    );
  });

  it('that closes without an answer', async () => {
    const closing = await rawServer((socket) => socket.end());
    const { proxies } = readProxies({ HTTPS_PROXY: closing.url().href });
    const error = await failureOf(
      client({ lookup: notHere, proxies }).request(get(new URL('https://name.example/')), LIMITS),
    );
    expect(error.code).toBe('connection');
    expect(error.message).toContain(`the proxy ${closing.url().host} cannot be used`);
  });

  it('that does not speak HTTP', async () => {
    const { port } = await rawServer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n'));
    const { proxies } = readProxies({ HTTPS_PROXY: `127.0.0.1:${port}` });
    const error = await failureOf(
      client({ lookup: notHere, proxies }).request(get(new URL('https://name.example/')), LIMITS),
    );
    expect(error.message).toContain(`the proxy 127.0.0.1:${port} cannot be used`);
  });

  it('whose certificate is not trusted', async () => {
    const { proxies } = readProxies({
      HTTPS_PROXY: `https://localhost:${(await proxyServer({ secure: true })).port}`,
    });
    const error = await failureOf(
      client({ lookup: toLoopback, proxies }).request(get(new URL('https://name.example/')), LIMITS),
    );
    expect(error.code).toBe('tls');
    expect(error.message).toMatch(/the proxy localhost:\d+ cannot be used: certificate is signed by/);
  });

  it('in front of a server with a refused certificate', async () => {
    const target = await tlsServer('expired');
    const { code, message } = await ask('https://name.example/', {
      hosts: { 'name.example:443': target.port },
    });
    expect(code).toBe('tls');
    expect(message).toBe(
      'name.example: certificate expired on 2021-01-01 (CERT_HAS_EXPIRED), through the proxy PROXY; renew it',
    );
  });
});
