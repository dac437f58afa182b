import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';

const secret = new Secret('abc-123');

describe('a secret', () => {
  test('is revealed only through its value', () => {
    expect(secret.reveal()).toBe('abc-123');
  });

  test.each([
    ['as text', `${secret}`, '[secret]'],
    ['joined', [secret, secret].join(' '), '[secret] [secret]'],
    ['as JSON', JSON.stringify({ key: secret }), '{"key":"[secret]"}'],
    ['as Node prints it', inspect({ key: secret }), '{ key: [secret] }'],
    ['with all that is hidden', inspect(secret, { showHidden: true, depth: 9 }), '[secret]'],
    ['by its fields', JSON.stringify(Object.entries(secret)), '[]'],
    ['copied', JSON.stringify({ ...secret }), '{}'],
  ])('%s is a mask', (_words, shown, expected) => {
    expect(shown).toBe(expected);
  });
});
