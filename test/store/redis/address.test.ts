import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../../lib/base/secret.ts';
import { redisAddress } from '../../../lib/store/redis/address.ts';
import { storeError } from '../contract.ts';

describe('the address of a Redis', () => {
  it.each<[string, object]>([
    ['redis://h', { place: 'h:6379', host: 'h', port: 6379, tls: false, database: 0 }],
    ['rediss://h:7000/3', { place: 'h:7000', host: 'h', port: 7000, tls: true, database: 3 }],
    ['redis://[fd00::7]:7000/', { place: '[fd00::7]:7000', host: 'fd00::7', port: 7000 }],
    ['redis://h?prefix=a.b:c', { prefix: '{a.b:c}' }],
    ['redis://h', { prefix: '{dcs-migration-watch}' }],
    ['redis://h?replicas=0', { replicas: 0 }],
    ['rediss://10.0.0.7?servername=redis.example', { certificateName: 'redis.example', host: '10.0.0.7' }],
    ['redis://us%40er:p@h', { user: 'us@er' }],
  ])('reads %s', (url, expected) => {
    expect(redisAddress({ url: new Secret(url) })).toMatchObject(expected);
  });

  it('takes user and password apart, and decodes them', () => {
    const { user, password } = redisAddress({ url: new Secret('redis://:a%3Ab%2F%40%25@h') });
    expect(user).toBeUndefined();
    expect(password?.reveal()).toBe('a:b/@%');
  });

  it.each([
    ['redis:', 'it must read redis://'],
    ['redis://', 'it must read redis://'],
    ['redis://:canary/slash@h', 'it must read redis://'],
    ['redis://:canary#hash@h', 'it must read redis://'],
    ['redis://canary@h', 'a password alone has a colon before it'],
    ['redis://:canary%zz@h', '% that begins no percent-encoded character'],
    ['redis://:canary@h/name', 'its path must be the number of a database'],
    ['redis://:canary@h?db=canary', 'a setting that is not known; known are prefix, replicas, servername'],
    ['redis://:canary@h?replicas=many', 'its replicas is not of the form'],
    ['redis://:canary@h?prefix={canary}', 'its prefix is not of the form'],
  ])('refuses %s and does not repeat it', (url, words) => {
    const error = storeError(caught(() => redisAddress({ url: new Secret(url) })));
    expect(error.code).toBe('denied');
    expect(error.message).toContain(words);
    expect(inspect(error)).not.toContain('canary');
  });
});

function caught(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
