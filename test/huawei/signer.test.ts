import { readFileSync } from 'node:fs';
import { AKSKSigner } from '@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { type Credentials, sign } from '../../lib/huawei/signer.ts';

interface Vector {
  readonly name: string;
  readonly input: {
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly ak: string;
    readonly sk: string;
    readonly date: string;
  };
  readonly output: { readonly sentHeaders: Readonly<Record<string, string>> };
}

const fixture = new URL('../fixtures/dcs/signature-vectors.json', import.meta.url);
const { vectors }: { readonly vectors: readonly Vector[] } = JSON.parse(readFileSync(fixture, 'utf8'));

const AT = new Date('2026-01-02T03:04:05.678Z');

function keys(accessKey: string, secretKey: string): Credentials {
  return { accessKey: new Secret(accessKey), secretKey: new Secret(secretKey) };
}

function lowerCased(headers: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Made by four implementations that agree, among them Huawei's SDK for Python. */
interface PostVector {
  readonly name: string;
  readonly input: Vector['input'] & { readonly body: string };
  readonly output: { readonly authorization: string; readonly signature: string };
}

const posts: Readonly<Record<'smn' | 'eg', readonly PostVector[]>> = JSON.parse(
  readFileSync(new URL('../fixtures/huawei/signature-vectors.json', import.meta.url), 'utf8'),
);

describe('the signature of a request with a body', () => {
  it.each([...posts.smn, ...posts.eg])('equals the known one of vector $name', ({ input, output }) => {
    const { url, headers, body, ak, sk } = input;
    const credentials = keys(ak, sk);
    expect(sign({ method: 'POST', url: new URL(url), headers, body, credentials }, AT)).toMatchObject({
      authorization: output.authorization,
    });
  });
});

describe('the signature of a request', () => {
  it.each(vectors)('equals the official one of vector $name', ({ input, output }) => {
    const headers = sign(
      {
        method: 'GET',
        url: new URL(input.url),
        headers: input.headers,
        credentials: keys(input.ak, input.sk),
      },
      AT,
    );
    expect(headers).toEqual(lowerCased(output.sentHeaders));
  });

  it('reads all vectors of the fixture', () => {
    expect(vectors.length).toBeGreaterThanOrEqual(4);
  });

  it('names a port only when it is not the default', () => {
    const hostOf = (url: string) =>
      sign({ method: 'GET', url: new URL(url), headers: {}, credentials: keys('a', 'b') }, AT)['host'];
    expect(hostOf('https://dcs.example:443/x')).toBe('dcs.example');
    expect(hostOf('https://dcs.example:8443/x')).toBe('dcs.example:8443');
  });

  it('covers the security token of temporary credentials and the project id', () => {
    const credentials = { ...keys('a', 'b'), securityToken: new Secret('token') };
    const url = new URL('https://dcs.example/x');
    const headers = sign({ method: 'GET', url, headers: { 'x-project-id': 'p' }, credentials }, AT);
    expect(headers['x-security-token']).toBe('token');
    expect(headers['authorization']).toContain(
      'SignedHeaders=host;x-project-id;x-sdk-date;x-security-token,',
    );
  });

  it('covers values without the blanks around them', () => {
    const url = new URL('https://dcs.example/x');
    const signed = (value: string) =>
      sign({ method: 'GET', url, headers: { 'x-a': value }, credentials: keys('a', 'b') }, AT)[
        'authorization'
      ];
    expect(signed('  v ')).toBe(signed('v'));
    expect(signed('v')).not.toBe(signed('w'));
  });

  it('does not encode again what the address has encoded', () => {
    const signed = (path: string) =>
      sign(
        {
          method: 'GET',
          url: new URL(`https://dcs.example${path}`),
          headers: {},
          credentials: keys('a', 'b'),
        },
        AT,
      )['authorization'];
    expect(signed('/a%20b')).toBe(signed('/a b'));
    expect(signed('/%7e%41')).toBe(signed('/~A'));
    expect(signed('/a%2fb')).not.toBe(signed('/a/b'));
    expect(signed('/100%')).toMatch(/Signature=[0-9a-f]{64}$/);
  });
});

/**
 * Avoided are the official signer's known pitfalls, and only they: it sorts header lines with `localeCompare` but
 * header names by code units, encodes an encoded path again (and its URL parser encodes some characters by itself), and
 * does not trim header values.
 */
describe('the official Node SDK', () => {
  const ENCODED_BY_ITS_URL_PARSER = /[\s{}|\\^`<>"'%?#/\p{Cc}\u00a0\ufeff]/u;
  const segment = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 12 })
    .filter((text) => !ENCODED_BY_ITS_URL_PARSER.test(text) && !/^\.+$/.test(text));
  const path = fc.array(segment, { maxLength: 5 });
  const query = fc.dictionary(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }),
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.array(fc.string({ unit: 'binary', maxLength: 4 }), { minLength: 1, maxLength: 4 }),
    ),
    { maxKeys: 5 },
  );
  const RESERVED = new Set(['host', 'x-sdk-date', 'x-sdk-content-sha256', 'content-type', '__proto__']);
  const headerName = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/).filter((name) => !RESERVED.has(name));
  const headerValue = fc.string({ maxLength: 20 }).map((value) => value.trim());
  const headers = fc
    .dictionary(headerName, headerValue, { maxKeys: 6 })
    .filter((some) => sortsAlike([...Object.keys(some), 'host', 'x-sdk-date']));

  function sortsAlike(names: string[]): boolean {
    return names.toSorted((a, b) => a.localeCompare(b)).join() === names.toSorted().join();
  }

  function official(request: object, sk: string): object {
    return AKSKSigner.sign(request, {
      getAk: () => 'EXAMPLEAK00000000001',
      getSk: () => sk,
      processAuthRequest: () => Promise.reject(new Error('not needed')),
      processAuthParams: () => Promise.reject(new Error('not needed')),
    });
  }

  it('signs every path, query, body and set of headers as we do', async () => {
    await fc.assert(
      fc.property(
        path,
        query,
        headers,
        fc.option(fc.dictionary(fc.string(), fc.string(), { minKeys: 1 }), { nil: undefined }),
        fc.string({ minLength: 1, maxLength: 40 }),
        fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        (segments, parameters, some, data, sk, now) => {
          const search = new URLSearchParams(
            Object.entries(parameters).flatMap(([name, value]) =>
              [value].flat().map((one): [string, string] => [name, one]),
            ),
          );
          const url = new URL(`https://dcs.example:8443/v2/${segments.map(encodeURIComponent).join('/')}`);
          url.search = search.toString();
          const method = data === undefined ? 'GET' : 'POST';
          const ours = sign(
            {
              method,
              url,
              headers: some,
              ...(data !== undefined && { body: JSON.stringify(data) }),
              credentials: keys('EXAMPLEAK00000000001', sk),
            },
            now,
          );
          const theirs = official(
            {
              method,
              endpoint: `https://dcs.example:8443/v2/${segments.join('/')}`,
              queryParams: structuredClone(parameters),
              headers: { ...some, 'X-Sdk-Date': ours['x-sdk-date'] },
              data,
            },
            sk,
          );
          expect(ours).toEqual(lowerCased(theirs));
        },
      ),
      { numRuns: 1000 },
    );
  });
});
