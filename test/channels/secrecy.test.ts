import { describe, expect, test } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { expectNoSecret, searchFor } from '../support/secrets.ts';

const CANARY = 'canary of a leak/1?&<"\\>é';

/** Forms that a text may take on its way into a log, a record or a message. */
const ENCODED: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'in JSON': (text) => JSON.stringify({ text }),
  'in JSON within JSON': (text) => JSON.stringify({ body: JSON.stringify({ text }) }),
  'in JSON that escapes slashes': (text) => JSON.stringify({ text }).replaceAll('/', '\\/'),
  'in a query': (text) => new URLSearchParams({ q: text }).toString(),
  'as a part of a path': (text) => new URL(`https://x.example/${encodeURIComponent(text)}`).href,
  'in lower-case percent codes': (text) =>
    encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  'in HTML': (text) =>
    `<p>${text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')}</p>`,
  'in base64': (text) => Buffer.from(text).toString('base64'),
  'in base64, one byte later': (text) => Buffer.from(`:${text}`).toString('base64'),
  'in base64, two bytes later': (text) => Buffer.from(`u:${text}; and more`).toString('base64'),
  'in base64 for URLs': (text) => Buffer.from(text).toString('base64url'),
  'in base64 in JSON that escapes slashes': (text) =>
    JSON.stringify(Buffer.from(`???${text}`).toString('base64')).replaceAll('/', '\\/'),
  'in hexadecimal': (text) => Buffer.from(text).toString('hex'),
  'in hexadecimal capitals': (text) => Buffer.from(text).toString('hex').toUpperCase(),
};

describe('the search for secrets finds one', () => {
  test.each(Object.entries(ENCODED))('%s', (_how, encoded) => {
    const text = `before ${encoded(CANARY)} after`;
    expect(searchFor(['canary of something else', CANARY]).in(text)).toEqual([CANARY]);
  });

  test.each([
    ['a text', `at ${CANARY}`],
    ['a field deep inside', { a: { b: { c: { d: [CANARY] } } } }],
    ['a URL', new URL(`https://example.com/?q=${encodeURIComponent(CANARY)}`)],
    ['base64', { authorization: Buffer.from(`user:${CANARY}`).toString('base64') }],
    ['the cause of an error', new Error('failed', { cause: new Error(CANARY) })],
    ['a map', new Map([['key', CANARY]])],
  ])('in %s', (_where, value) => {
    expect(() => expectNoSecret(value, [CANARY])).toThrow();
  });
});

describe('the search for secrets finds none', () => {
  test('behind a mask', () => {
    expectNoSecret({ url: new Secret(CANARY), other: [new Secret(CANARY)] }, [CANARY]);
  });

  test('where there are no secrets to look for', () => {
    expectNoSecret({ any: 'thing' }, []);
  });
});
