import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { redisChoice } from '../../lib/runtime/redis-choice.ts';

const URL = 'rediss://:p@redis.example';
const CA = readFileSync('test/fixtures/tls/ca.crt', 'utf8');
const OTHER = readFileSync('test/fixtures/tls/self-signed.crt', 'utf8');

describe('the authorities of STATE_REDIS_CA', () => {
  it.each<[string, string]>([
    ['as its file is', CA],
    ['with lines joined by spaces', CA.replaceAll('\n', ' ')],
    [String.raw`with lines joined by \n`, CA.replaceAll('\n', String.raw`\n`)],
    [
      'with the ends of lines of Windows and words before it',
      `subject=ours\r\n${CA.replaceAll('\n', '\r\n')}`,
    ],
  ])('are read %s', (_words, text) => {
    expect(redisChoice(URL, { STATE_REDIS_CA: text })).toMatchObject({ kind: 'redis', ca: CA });
  });

  it('may be several', () => {
    const { ca = '' } = redisChoice(URL, { STATE_REDIS_CA: CA + OTHER });
    expect(ca.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  });

  it.each([{}, { STATE_REDIS_CA: '' }])('are those of Node.js in the environment %j', (env) => {
    expect(redisChoice(URL, env).ca).toBeUndefined();
  });

  it('are refused for an address without TLS, which would use none of them', () => {
    expect(() => redisChoice('redis://:canary@redis.example', { STATE_REDIS_CA: CA })).toThrow(
      /^STATE_REDIS_CA is set, but the address of the Redis begins with redis:\/\/, which is without TLS: write rediss:\/\/, or leave STATE_REDIS_CA out$/,
    );
  });

  it.each<[string, string]>([
    ['the name of a file', '/etc/canary/ca.pem'],
    ['half a certificate', CA.slice(0, 300)],
    ['a certificate that is cut inside', CA.replace(/\n.{20}/, '\n')],
    ['a private key', readFileSync('test/fixtures/tls/server.key', 'utf8')],
  ])('are refused where the text is %s, without repeating it', (_words, text) => {
    expect(() => redisChoice(URL, { STATE_REDIS_CA: text })).toThrow(
      /^STATE_REDIS_CA must be the text of one or more certificates \(PEM, -----BEGIN CERTIFICATE----- …\), not the name of a file$/,
    );
  });
});
