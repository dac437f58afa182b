import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { endpointOf, REGIONS } from '../../lib/dcs/endpoints.ts';

const fixture = new URL('../fixtures/dcs/endpoints.json', import.meta.url);
const official: Readonly<Record<string, string>> = JSON.parse(readFileSync(fixture, 'utf8'));

it('knows the endpoint of every region that the official SDKs know, and of no other', () => {
  expect(REGIONS).toHaveLength(30);
  const ours = Object.fromEntries(REGIONS.map((region) => [region, endpointOf(region)?.origin]));
  expect(ours).toEqual(official);
});

it.each(['', 'eu-de', 'cn-north-4.evil.example', '__proto__', 'CN-NORTH-4'])(
  'knows no endpoint of %j',
  (region) => {
    expect(endpointOf(region)).toBeUndefined();
  },
);
