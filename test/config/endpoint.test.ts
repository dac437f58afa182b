import { describe, expect, it } from 'vitest';
import { dcsEndpointOf } from '../../lib/config/endpoint.ts';
import { REGIONS } from '../../lib/huawei/regions.ts';
import { load, withProject } from './support.ts';

describe('The endpoint of a project', () => {
  it.each(REGIONS)('is known for %s', (region) => {
    expect(dcsEndpointOf({ region })).toEqual({
      region,
      endpoint: new URL(`https://dcs.${region}.myhuaweicloud.${region === 'eu-west-101' ? 'eu' : 'com'}`),
    });
  });

  it.each([
    ['https://dcs.eu-de.otc.t-systems.com', 'eu-de'],
    ['https://dcs.cn-north-4.myhuaweicloud.com/', 'cn-north-4'],
    ['https://redis-api.example.com/dcs', 'redis-api.example.com'],
  ])('gives the region where only %s is given', (endpoint, region) => {
    expect(dcsEndpointOf({ endpoint })).toEqual({ region, endpoint: new URL(endpoint) });
  });

  it('wins if both are given; the region may then be any word', () => {
    const endpoint = 'https://api.example.com';
    expect(dcsEndpointOf({ region: 'basement-2', endpoint })).toEqual({
      region: 'basement-2',
      endpoint: new URL(endpoint),
    });
    expect(dcsEndpointOf({ region: 'a/b', endpoint })).toMatchObject({ at: 'region' });
  });

  it.each([
    ['cn-nort-4', 'cn-north-4'],
    ['CN-NORTH-4', 'cn-north-4'],
    ['tr-west-2', 'tr-west-1'],
  ])('is missing when the region is %s, with %s as the suggestion', (region, meant) => {
    expect(dcsEndpointOf({ region })).toMatchObject({
      at: 'region',
      message: expect.stringMatching(`did you mean ${meant}\\?.*endpoint: https://`),
    });
  });

  it('or its region must be given', () => {
    expect(dcsEndpointOf({})).toEqual({
      at: 'region',
      message:
        'is missing: expected a region such as cn-north-4; elsewhere name the API itself with endpoint: https://…',
    });
  });

  it.each([
    ['http://dcs.cn-north-4.myhuaweicloud.com', 'must be https'],
    ['https://127.0.0.1', 'private or loopback'],
    ['https://user:canary@dcs.example.com', 'user name or password'],
    ['https://dcs.example.com/?a=canary', 'query'],
    ['https://dcs.example.com/#canary', 'fragment'],
    ['canary', 'is not a URL'],
    ['', 'is not a URL'],
  ])('is refused as %j', (endpoint, words) => {
    const place = dcsEndpointOf({ endpoint, region: 'cn-north-4' });
    expect(place).toMatchObject({ at: 'endpoint', message: expect.stringContaining(words) });
    expect(JSON.stringify(place)).not.toContain('canary');
  });

  it('may be a local one where allowInsecure permits it', () => {
    expect(dcsEndpointOf({ endpoint: 'http://127.0.0.1:8080', allowInsecure: true })).toEqual({
      region: '127.0.0.1:8080',
      endpoint: new URL('http://127.0.0.1:8080'),
    });
  });
});

describe('A region whose endpoint is not certain', () => {
  it('is used with the likelier one, and causes a warning with both and the setting that decides', async () => {
    const { projects, warnings } = await load(withProject({ region: 'eu-west-101' }));
    expect(projects[0]?.endpoint.href).toBe('https://dcs.eu-west-101.myhuaweicloud.eu/');
    expect(warnings).toEqual([
      'projects[0].region: sources disagree on the endpoint of eu-west-101; https://dcs.eu-west-101.myhuaweicloud.eu is used. Set endpoint: to that, or to https://dcs.eu-west-101.myhuaweicloud.com if it does not answer',
    ]);
  });

  it('causes no warning where the file decides', async () => {
    const endpoint = 'https://dcs.eu-west-101.myhuaweicloud.com';
    const { projects, warnings } = await load(withProject({ region: 'eu-west-101', endpoint }));
    expect(projects[0]?.endpoint.origin).toBe(endpoint);
    expect(warnings).toEqual([]);
  });
});
