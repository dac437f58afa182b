import { describe, expect, it } from 'vitest';
import { Secret } from '../../lib/base/secret.ts';
import { hasToken, tokenProblem } from '../../lib/server/token.ts';

const TOKEN = 'canary-token-0123456789:with-colon';
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('a token', () => {
  it.each([`Bearer ${TOKEN}`, `bearer  ${TOKEN}`, basic(`anybody:${TOKEN}`), basic(`:${TOKEN}`)])(
    'is found in %s',
    (authorization) => {
      expect(hasToken(authorization, new Secret(TOKEN))).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    TOKEN,
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    `Bearer ${TOKEN} more`,
    `Digest ${TOKEN}`,
    basic(TOKEN.replaceAll(':', '')),
    basic(`${TOKEN}:`),
    basic(`user:${TOKEN}x`),
    'Basic ====',
    `Bearer ${'x'.repeat(8000)}`,
  ])('is not found in %s', (authorization) => {
    expect(hasToken(authorization, new Secret(TOKEN))).toBe(false);
  });

  it('must be long, and of characters that a header can carry', () => {
    expect(tokenProblem(TOKEN)).toBeUndefined();
    expect(tokenProblem('x'.repeat(16))).toBeUndefined();
    expect(tokenProblem('x'.repeat(15))).toContain('shorter than 16');
    for (const bad of ['with a blank in its middle', 'schlüssel-schlüssel', `${'x'.repeat(20)}\n`])
      expect(tokenProblem(bad)).toContain('visible ASCII');
  });
});
