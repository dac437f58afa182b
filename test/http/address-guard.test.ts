import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { guardedLookup, isPublicAddress, urlProblem } from '../../lib/http/address-guard.ts';
import { HttpError } from '../../lib/http/client.ts';
import { HIDDEN_PRIVATE_HOSTS } from '../support/addresses.ts';
import { client, failureOf, get, httpServer, LIMITS } from './servers.ts';

const PRIVATE = 'points to a private or loopback address (set allowInsecure: true to permit it)';
const strict = { allowInsecure: false };
const lax = { allowInsecure: true };

describe('urlProblem', () => {
  it.each(HIDDEN_PRIVATE_HOSTS)('refuses https://%s/ unless insecure addresses are allowed', (host) => {
    for (const url of [`https://${host}/`, `https://${host}:8443/path?query`]) {
      expect(urlProblem(url, strict)).toBe(PRIVATE);
      expect(urlProblem(new URL(url), strict)).toBe(PRIVATE);
      expect(urlProblem(url, lax)).toBeUndefined();
    }
  });

  it.each([
    'https://hooks.slack.com/services/T0/B0/x',
    'https://dcs.cn-north-4.myhuaweicloud.com',
    'https://example.com./',
    'https://localhost.example.com/',
    'https://notlocalhost/',
    'https://10.0.0.1.example.com/',
    'https://8.8.8.8/',
    'https://172.32.0.1/',
    'https://[2606:4700:4700::1111]/',
    'https://bücher.example/',
  ])('accepts %s', (url) => {
    expect(urlProblem(url, strict)).toBeUndefined();
    expect(urlProblem(url, lax)).toBeUndefined();
  });

  it('refuses plain http unless insecure addresses are allowed', () => {
    expect(urlProblem('http://example.com/', strict)).toBe(
      'must be https (set allowInsecure: true to permit it)',
    );
    expect(urlProblem('http://example.com/', lax)).toBeUndefined();
  });

  it.each(['ftp://example.com/', 'file:///etc/passwd', 'data:,x', 'ws://example.com/', 'unix:/run/x.sock'])(
    'always refuses %s',
    (url) => {
      expect(urlProblem(url, strict)).toBe('must be https');
      expect(urlProblem(url, lax)).toBe('must be https');
    },
  );

  it.each([
    '',
    'example.com',
    '//example.com/',
    'https://',
    'https://exa mple.com/',
    'https://[::1%25eth0]/',
    'https://[fe80::1%eth0]/',
    'https://256.256.256.256/',
    'https://1.2.3.4.5/',
    'https://example.com:99999/',
  ])('does not take %j for a URL', (url) => {
    expect(urlProblem(url, strict)).toBe('is not a URL');
    expect(urlProblem(url, lax)).toBe('is not a URL');
  });

  it.each([
    'https://hooks.slack.com@169.254.169.254/',
    'https://user:password@example.com/',
    'https://:password@example.com/',
    'https://example.com%2f@127.0.0.1/',
  ])('always refuses the user name in %s', (url) => {
    expect(urlProblem(url, strict)).toBe('must not contain a user name or password');
    expect(urlProblem(url, lax)).toBe('must not contain a user name or password');
  });

  it('reads a backslash as the slash that the parser of the connection reads', () => {
    expect(urlProblem('https://127.0.0.1\\@example.com/', strict)).toBe(PRIVATE);
  });
});

describe('isPublicAddress', () => {
  it.each(['1.1.1.1', '8.8.8.8', '223.255.255.255', '2606:4700:4700::1111', '2a00:1450:4001:80b::200e'])(
    'is true for %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    '127.0.0.1',
    '169.254.169.254',
    '::1',
    '::',
    '::8.8.8.8',
    '4000::1',
    'fe80::1%eth0',
    '2606:4700::1%1',
  ])('is false for %s', (address) => expect(isPublicAddress(address)).toBe(false));

  it.each(['', 'example.com', '0x08.8.8.8', '134744072', '8.8.8', '[::1]', '8.8.8.8 '])(
    'is false for %j, which is no address',
    (address) => expect(isPublicAddress(address)).toBe(false),
  );
});

const PUBLIC_V4 = { address: '93.184.215.14', family: 4 };
const PUBLIC_V6 = { address: '2606:2800:21f:cb07:6820:80da:af6b:8b2c', family: 6 };
const PRIVATE_V4 = { address: '10.0.0.7', family: 4 };

/** Answers with one list after the other, and counts. */
function scripted(...answers: LookupAddress[][]) {
  let asked = 0;
  const lookup: LookupFunction = (_host, _options, callback) => {
    const addresses = answers[asked] ?? [];
    asked += 1;
    setImmediate(() => callback(null, addresses));
  };
  return { lookup, asked: () => asked };
}

function resolve(lookup: LookupFunction, all = true): Promise<string | LookupAddress[]> {
  return new Promise((answer, refuse) => {
    lookup('name.example', { all }, (error, found) => (error === null ? answer(found) : refuse(error)));
  });
}

describe('guardedLookup', () => {
  it('returns exactly the public addresses that it checked', async () => {
    const { lookup } = scripted([PUBLIC_V4, PUBLIC_V6], [PUBLIC_V6, PUBLIC_V4]);
    const guarded = guardedLookup(lookup);
    expect(await resolve(guarded)).toEqual([PUBLIC_V4, PUBLIC_V6]);
    expect(await resolve(guarded, false)).toBe(PUBLIC_V6.address);
  });

  it('refuses a name that was public at first and is private at the next connection', async () => {
    const { lookup, asked } = scripted([PUBLIC_V4], [PRIVATE_V4]);
    const guarded = guardedLookup(lookup);
    expect(await resolve(guarded)).toEqual([PUBLIC_V4]);
    expect(await failureOf(resolve(guarded))).toMatchObject({
      code: 'blocked_address',
      host: 'name.example',
    });
    expect(asked()).toBe(2);
  });

  it.each([
    [[PRIVATE_V4, PUBLIC_V4]],
    [[PUBLIC_V4, PUBLIC_V6, PRIVATE_V4]],
    [[PUBLIC_V4, { address: '::ffff:10.0.0.7', family: 6 }]],
    [[{ address: 'not an address', family: 4 }]],
  ])(
    'refuses all of %j because of one that is not public, even when only one is asked for',
    async (addresses) => {
      const { lookup, asked } = scripted(addresses, addresses);
      const guarded = guardedLookup(lookup);
      expect((await failureOf(resolve(guarded))).code).toBe('blocked_address');
      expect((await failureOf(resolve(guarded, false))).code).toBe('blocked_address');
      expect(asked()).toBe(2);
    },
  );

  it('checks a lookup that gives one address although all were asked for', async () => {
    const one: LookupFunction = (_host, _options, callback) => callback(null, '127.0.0.1', 4);
    expect((await failureOf(resolve(guardedLookup(one)))).code).toBe('blocked_address');
  });

  it('reports a name without addresses', async () => {
    expect((await failureOf(resolve(guardedLookup(scripted([]).lookup)))).code).toBe('dns');
  });

  it('returns addresses of a permitted private range, and of no other', async () => {
    const inside = { address: '100.125.7.9', family: 4 };
    const others = ['100.124.255.255', '100.126.0.0', '::ffff:100.125.7.9', '10.0.0.7'];
    const range = '100.125.0.0/16';
    expect(await resolve(guardedLookup(scripted([inside, PUBLIC_V4]).lookup, range))).toEqual([
      inside,
      PUBLIC_V4,
    ]);
    for (const address of others) {
      const { lookup } = scripted([inside, { address, family: isIP(address) }]);
      expect((await failureOf(resolve(guardedLookup(lookup, range)))).code).toBe('blocked_address');
    }
    expect((await failureOf(resolve(guardedLookup(scripted([inside]).lookup)))).code).toBe('blocked_address');
  });

  it('passes on the error of the lookup', async () => {
    const broken = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const lookup: LookupFunction = (_host, _options, callback) => callback(broken, []);
    await expect(resolve(guardedLookup(lookup))).rejects.toBe(broken);
  });
});

describe('a client', () => {
  it('connects to no address of a name that has a private one', async () => {
    const server = await httpServer((_request, response) => response.end());
    const { lookup, asked } = scripted([PUBLIC_V4, { address: '127.0.0.1', family: 4 }]);
    const url = new URL(`https://name.example:${server.port}/`);
    const error = await failureOf(client({ lookup }).request(get(url), { ...LIMITS, allowInsecure: false }));
    expect(error).toBeInstanceOf(HttpError);
    expect(error.code).toBe('blocked_address');
    expect(error.message).toBe(
      'name.example: resolves to a private or loopback address (set allowInsecure: true to permit it)',
    );
    expect(asked()).toBe(1);
    expect(server.connections()).toBe(0);
  });

  it('refuses a literal private address before anything is looked up or connected', async () => {
    const server = await httpServer((_request, response) => response.end());
    const { lookup, asked } = scripted();
    const url = new URL(`https://0x7f.1:${server.port}/`);
    const error = await failureOf(client({ lookup }).request(get(url), { ...LIMITS, allowInsecure: false }));
    expect(error.code).toBe('blocked_address');
    expect(error.message).toBe(`127.0.0.1:${server.port}: the address ${PRIVATE}`);
    expect([asked(), server.connections()]).toEqual([0, 0]);
  });

  it('refuses every spelling of a private address when it connects, whatever was checked before', async () => {
    const { lookup, asked } = scripted();
    const http = client({ lookup });
    for (const host of HIDDEN_PRIVATE_HOSTS) {
      const url = new URL(`https://${host}/hook`);
      const error = await failureOf(http.request(get(url), { ...LIMITS, allowInsecure: false }));
      expect([host, error.code]).toEqual([host, 'blocked_address']);
    }
    expect(asked()).toBe(0);
  });

  it('connects to no name that was public when it was checked and is private at the next connection', async () => {
    const server = await httpServer((_request, response) => response.end());
    const { lookup, asked } = scripted([PUBLIC_V4], [{ address: '127.0.0.1', family: 4 }]);
    const guarded = guardedLookup(lookup);
    expect(await resolve(guarded)).toEqual([PUBLIC_V4]);

    const url = new URL(`https://name.example:${server.port}/`);
    const error = await failureOf(client({ lookup }).request(get(url), { ...LIMITS, allowInsecure: false }));

    expect(error.code).toBe('blocked_address');
    expect([asked(), server.connections()]).toEqual([2, 0]);
  });

  it('does not reuse the connection of an insecure request for a secure one', async () => {
    const server = await httpServer((_request, response) => response.end('hello'));
    const http = client();
    expect((await http.request(get(server.url()), LIMITS)).body).toBe('hello');
    const error = await failureOf(http.request(get(server.url()), { ...LIMITS, allowInsecure: false }));
    expect(error.code).toBe('blocked_address');
  });

  it('refuses a user name even where insecure addresses are allowed', async () => {
    const server = await httpServer((_request, response) => response.end());
    const url = new URL(`http://user@127.0.0.1:${server.port}/`);
    expect((await failureOf(client().request(get(url), LIMITS))).code).toBe('blocked_address');
    expect(server.connections()).toBe(0);
  });
});
