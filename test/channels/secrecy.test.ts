import { expect, test } from 'vitest';
import { Secret } from '../../lib/secret.ts';
import { expectNoSecret } from '../support/secrets.ts';

const CANARY = 'canary of a leak/1?';

test.each([
  ['a text', `at ${CANARY}`],
  ['a field deep inside', { a: { b: { c: { d: [CANARY] } } } }],
  ['a URL', new URL(`https://example.com/?q=${encodeURIComponent(CANARY)}`)],
  ['base64', { authorization: Buffer.from(CANARY).toString('base64') }],
  ['the cause of an error', new Error('failed', { cause: new Error(CANARY) })],
  ['a map', new Map([['key', CANARY]])],
])('the search for secrets finds one in %s', (_where, value) => {
  expect(() => expectNoSecret(value, [CANARY])).toThrow();
});

test('the search for secrets finds none behind a mask', () => {
  expectNoSecret({ url: new Secret(CANARY), other: [new Secret(CANARY)] }, [CANARY]);
});
