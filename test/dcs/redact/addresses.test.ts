import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressesIn } from '../../../lib/dcs/redact/addresses.ts';

describe('the addresses in a field', () => {
  it.each([
    ['10.0.0.1:6379', '10.0.0.1:6379'],
    ['10.0.0.1', '10.0.0.1'],
    ['redis-a', 'redis-a'],
    ['backup-bucket', 'backup-bucket'],
    ['redis.example.com:6379', 'redis.example.com:6379'],
    ['10.0.0.1:6379,10.0.0.2:6379', '10.0.0.1:6379,10.0.0.2:6379'],
    ['10.0.0.1:6379, 10.0.0.2:6379;10.0.0.3:6379', '10.0.0.1:6379,10.0.0.2:6379,10.0.0.3:6379'],
    ['[fe80::1]:6379', '[fe80::1]:6379'],
    ['fe80::1', 'fe80::1'],
    ['redis://:pw@10.0.0.1:6379', '10.0.0.1:6379'],
    ['redis://pw@10.0.0.1:6379', '10.0.0.1:6379'],
    ['rediss://user:pw@redis.example.com:6379/0', 'redis.example.com:6379'],
    ['redis://user:p/w?x#y@10.0.0.1:6379', '10.0.0.1:6379'],
    ['redis://user:p@w@10.0.0.1:6379', '10.0.0.1:6379'],
    ['user:pw@host:6379', 'host:6379'],
    [':pw@[::1]:6379', '[::1]:6379'],
    ['user:pw@10.0.0.1:6379,user:pw@10.0.0.2:6379', '10.0.0.1:6379,10.0.0.2:6379'],
    ['user.name:1234@10.0.0.1:6379', '10.0.0.1:6379'],
    ['alice:12,34@10.0.0.1:6379', '10.0.0.1:6379'],
    [':A@part;:;A0@10.0.0.1:6379', '10.0.0.1:6379'],
    ['user:x@one.two:12,y@10.0.0.1:6379', '10.0.0.1:6379'],
    ['redis://:pw@10.0.0.1:6379,app:pw@10.0.0.2:6379', '10.0.0.1:6379,10.0.0.2:6379'],
    ['10.0.0.1:6379,password=p@part', '10.0.0.1:6379'],
    ['user:pw@redis-a.local:6379 user:pw@redis-b.local:6379', 'redis-a.local:6379,redis-b.local:6379'],
    ['redis://redis-a:6379?password=pw', 'redis-a:6379'],
    ['redis://10.0.0.1:6379/0?password=p@ss', '10.0.0.1:6379'],
    ['10.0.0.1:6379?auth=pw&x=1', '10.0.0.1:6379'],
    ['10.0.0.1:6379,password=pw,ssl=True', '10.0.0.1:6379'],
    ['10.0.0.1:6379 -a pw', '10.0.0.1:6379'],
    ['10.0.0.1:6379:pw', '10.0.0.1:6379'],
    ['10.0.0.1:6379@pw', '10.0.0.1:6379'],
    ['redis://10.0.0.1:6379@p@ss', '10.0.0.1:6379'],
    ['10.0.0.1:6379@16379', '10.0.0.1:6379'],
    ['password:1234', undefined],
    ['user:pw', undefined],
    ['!pw?', undefined],
    ['', undefined],
    ['999.0.0.1', undefined],
  ])('of %j are %j', (text, addresses) => {
    expect(addressesIn(text)).toBe(addresses);
  });

  it('have no password of a URL, whatever it is made of', async () => {
    const password = fc.stringMatching(/^[A-Za-z][A-Za-z0-9!#$%^*_.,;/?@:&=-]{4,18}[A-Z][0-9]$/);
    const user = fc.constantFrom('', 'default', 'app');
    const host = fc.constantFrom('10.0.0.1:6379', '[fe80::1]:6379', 'redis.example.com:6379');
    const scheme = fc.constantFrom('', 'redis://', 'rediss://');
    await fc.assert(
      fc.property(scheme, user, password, host, (begin, name, secret, place) => {
        const pieces = secret.split(/[^A-Za-z0-9]+/).filter((piece) => piece.length > 3);
        const found = addressesIn(`${begin}${name}:${secret}@${place}`) ?? '';
        for (const piece of pieces) expect(found).not.toContain(piece);
      }),
      { numRuns: 2000 },
    );
  });

  it('are cut at one of them when there are too many', () => {
    const many = Array.from({ length: 200 }, (_, n) => `10.0.0.${n}:6379`).join(',');
    const kept = addressesIn(many)?.split(',') ?? [];
    expect(kept.join(',').length).toBeLessThanOrEqual(1024);
    expect(kept.length).toBeGreaterThan(60);
    expect(kept.every((one) => /^10\.0\.0\.\d+:6379$/.test(one))).toBe(true);
  });
});
