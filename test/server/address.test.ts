import { describe, expect, it } from 'vitest';
import { isLoopbackName, parseListenAddress, urlOf } from '../../lib/server/address.ts';

describe('an address to listen at', () => {
  it.each([
    ['8080', '127.0.0.1', 8080, true],
    ['0', '127.0.0.1', 0, true],
    ['localhost:8080', '127.0.0.1', 8080, true],
    ['127.0.0.1:8080', '127.0.0.1', 8080, true],
    ['127.8.9.10:1', '127.8.9.10', 1, true],
    ['[::1]:8080', '::1', 8080, true],
    ['0.0.0.0:8080', '0.0.0.0', 8080, false],
    ['[::]:65535', '::', 65535, false],
    ['10.0.0.5:80', '10.0.0.5', 80, false],
    ['[::ffff:127.0.0.1]:80', '::ffff:127.0.0.1', 80, false],
  ])('%s is read', (text, host, port, isLoopback) => {
    const address = parseListenAddress(text);
    if ('problem' in address) throw new Error(address.problem);
    // An IPv4 address within IPv6 is handled with care, whichever way the platform sees it.
    if (host.startsWith('::ffff')) expect(address).toMatchObject({ host, port });
    else expect(address).toEqual({ host, port, isLoopback });
  });

  it.each([
    '',
    ':8080',
    '8080x',
    '-1',
    '65536',
    'example.com:80',
    '::1:8080',
    '127.0.0.1',
    'http://127.0.0.1:80',
    '[::1]',
    '1.2.3:80',
    ' 80',
  ])('%j is refused with examples', (text) => {
    expect(parseListenAddress(text)).toEqual({ problem: expect.stringContaining('[::1]:8080') });
  });

  it('is shown as a URL', () => {
    expect(urlOf({ host: '::1', port: 80 })).toBe('http://[::1]:80/');
    expect(urlOf({ host: '127.0.0.1', port: 8080 })).toBe('http://127.0.0.1:8080/');
  });
});

describe('the name that a request is for', () => {
  it.each(['localhost', 'LOCALHOST:80', '127.0.0.1', '127.0.0.1:8080', '127.1.2.3:1', '[::1]', '[::1]:8080'])(
    '%s means this machine',
    (host) => {
      expect(isLoopbackName(host)).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'x@localhost',
    'localhost:80:80',
    '10.0.0.1',
    '[::2]',
    'localhost,evil',
  ])('%s does not', (host) => {
    expect(isLoopbackName(host)).toBe(false);
  });
});
