import { describe, expect, it } from 'vitest';
import { hostOf, proxyFor, readProxies } from '../../lib/http/proxies.ts';

const chosen = (url: string, env: Record<string, string>) => {
  const proxy = proxyFor(new URL(url), readProxies(env).proxies);
  return proxy && `${proxy.variable} ${proxy.url.protocol}//${hostOf(proxy)}`;
};

describe('the environment names a proxy', () => {
  it.each([
    [{ HTTPS_PROXY: 'http://proxy.example:3128' }, 'HTTPS_PROXY http://proxy.example:3128', undefined],
    [{ https_proxy: 'http://proxy.example:3128/' }, 'https_proxy http://proxy.example:3128', undefined],
    [{ HTTP_PROXY: 'http://proxy.example:3128' }, undefined, 'HTTP_PROXY http://proxy.example:3128'],
    [{ http_proxy: 'proxy.example:3128' }, undefined, 'http_proxy http://proxy.example:3128'],
    [{ HTTPS_PROXY: 'https://proxy.example' }, 'HTTPS_PROXY https://proxy.example:443', undefined],
    [{ HTTPS_PROXY: ' http://[::1]:8080 ' }, 'HTTPS_PROXY http://[::1]:8080', undefined],
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:2' }, 'https_proxy http://b:2', undefined],
    [{ HTTPS_PROXY: 'http://a:1', https_proxy: '' }, 'HTTPS_PROXY http://a:1', undefined],
    [{ HTTPS_PROXY: '' }, undefined, undefined],
    [{ ALL_PROXY: 'socks5://a:1', NO_PROXY: '*' }, undefined, undefined],
  ])('%j for https:// and http:// as curl reads it', (env, secure, plain) => {
    expect(chosen('https://name.example/', env)).toBe(secure);
    expect(chosen('http://name.example/', env)).toBe(plain);
  });

  it.each([
    'socks5://canary:1080',
    'http://',
    'http://canary:port',
    'ftp://canary',
    'canary canary',
    '://canary',
  ])('but not with %j, which is reported without the value', (text) => {
    const { proxies, problems } = readProxies({ https_proxy: text });
    expect(proxies).toBeUndefined();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(
      /^the environment variable https_proxy is not the address of an HTTP proxy; expected/,
    );
    expect(problems.join()).not.toContain('canary');
  });

  it('with a user name and a password, which only the header has', () => {
    const { proxies } = readProxies({ HTTPS_PROXY: 'http://us%40er:p%3Ass@proxy.example:3128' });
    expect(proxies?.https?.authorization?.reveal()).toBe(`Basic ${btoa('us@er:p:ss')}`);
    expect(proxies?.https?.url.href).toBe('http://proxy.example:3128/');
    expect(JSON.stringify(proxies)).not.toMatch(/us|p:ss|p%3A/);
    const odd = readProxies({ HTTPS_PROXY: 'http://user:100%@proxy.example' }).proxies?.https;
    expect(odd?.authorization?.reveal()).toBe(`Basic ${btoa('user:100%')}`);
    expect(
      readProxies({ HTTPS_PROXY: 'http://proxy.example' }).proxies?.https?.authorization,
    ).toBeUndefined();
  });
});

describe('NO_PROXY', () => {
  const direct = (NO_PROXY: string, url: string) =>
    chosen(url, { HTTPS_PROXY: 'http://proxy:3128', NO_PROXY }) === undefined;

  it.each([
    ['*', 'https://anything.example/'],
    ['name.example', 'https://name.example/'],
    ['name.example', 'https://below.name.example/'],
    ['NAME.example.', 'https://name.example./'],
    ['.name.example', 'https://below.name.example/'],
    ['.name.example', 'https://name.example/'],
    ['*.name.example', 'https://below.name.example/'],
    ['other, name.example other.example', 'https://name.example/'],
    ['name.example:8443', 'https://name.example:8443/'],
    ['name.example:443', 'https://name.example/'],
    ['10.0.0.0/8', 'https://10.1.2.3/'],
    ['10.1.2.3', 'https://10.1.2.3/'],
    ['10.1.2.3:8443', 'https://10.1.2.3:8443/'],
    ['::1', 'https://[::1]/'],
    ['[::1]', 'https://[::1]/'],
    ['[::1]:8443', 'https://[::1]:8443/'],
    ['fd00::/8', 'https://[fd12::1]/'],
    ['0:0:0:0:0:0:0:1', 'https://[::1]/'],
    ['localhost,127.0.0.1', 'https://127.0.0.1:9/'],
  ])('%j lets %s be reached directly', (list, url) => {
    expect(direct(list, url)).toBe(true);
    expect(chosen(url, { HTTPS_PROXY: 'http://proxy:3128', no_proxy: list, NO_PROXY: 'x' })).toBeUndefined();
  });

  it.each([
    ['', 'https://name.example/'],
    ['other.example', 'https://name.example/'],
    ['name.example', 'https://another-name.example/'],
    ['*.name.example', 'https://name.example/'],
    ['name.example:8443', 'https://name.example/'],
    ['10.0.0.0/8', 'https://11.1.2.3/'],
    ['10.0.0.0/8', 'https://10.1.2.3.example/'],
    ['10.0.0.0/99', 'https://10.1.2.3/'],
    ['0.0.0.0/0', 'https://[::1]/'],
    ['2.3', 'https://10.1.2.3/'],
    ['.', 'https://name.example/'],
    [',,', 'https://name.example/'],
  ])('%j leaves %s to the proxy', (list, url) => {
    expect(direct(list, url)).toBe(false);
  });
});
