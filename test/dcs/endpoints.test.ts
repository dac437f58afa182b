import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { endpointOf, otherEndpointOf } from '../../lib/dcs/endpoints.ts';
import { privateRangeOf, REGIONS } from '../../lib/huawei/regions.ts';

const fixture = new URL('../fixtures/dcs/endpoints.json', import.meta.url);
const official: Readonly<Record<string, string>> = JSON.parse(readFileSync(fixture, 'utf8'));

it('knows the endpoint of every region that the official SDKs know, and of no other', () => {
  expect(REGIONS).toHaveLength(30);
  const ours = Object.fromEntries(REGIONS.map((region) => [region, endpointOf(region)?.origin]));
  expect(ours).toEqual({ ...official, 'eu-west-101': 'https://dcs.eu-west-101.myhuaweicloud.eu' });
  expect(otherEndpointOf('eu-west-101')).toBe(official['eu-west-101']);
  expect(REGIONS.filter((region) => otherEndpointOf(region) !== undefined)).toEqual(['eu-west-101']);
});

it.each(['', 'eu-de', 'cn-north-4.evil.example', '__proto__', 'CN-NORTH-4'])(
  'knows no endpoint of %j',
  (region) => {
    expect(endpointOf(region)).toBeUndefined();
  },
);

it.each(REGIONS)('knows that the endpoint of %s may lead to addresses inside its network', (region) => {
  expect(privateRangeOf(endpointOf(region)?.hostname ?? '')).toBe('100.125.0.0/16');
});

it.each([
  'hooks.slack.com',
  'myhuaweicloud.com',
  'dcs.myhuaweicloud.com.evil.example',
  'evilmyhuaweicloud.com',
  '100.125.1.1',
])('knows nothing of the kind about %s', (host) => expect(privateRangeOf(host)).toBeUndefined());
