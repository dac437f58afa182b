import { describe, expect, it } from 'vitest';
import { fingerprint, fingerprintOfTexts } from '../../lib/base/fingerprint.ts';
import { Secret } from '../../lib/base/secret.ts';

describe('fingerprint', () => {
  it('is the one that stored records have', () => {
    expect(fingerprint({ url: new URL('https://example.test/x'), key: new Secret('s') })).toBe(
      'b053da25fc1090c8',
    );
    expect(fingerprintOfTexts(['a', 'bc'])).toBe('5310a58788781ab2');
  });

  it('differs between secrets', () => {
    expect(fingerprint({ key: new Secret('a') })).not.toBe(fingerprint({ key: new Secret('b') }));
  });

  it('differs between texts that join to the same', () => {
    expect(fingerprintOfTexts(['ab', 'c'])).not.toBe(fingerprintOfTexts(['a', 'bc']));
  });
});
