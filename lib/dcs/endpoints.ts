import { REGIONS } from '../huawei/regions.ts';

const KNOWN: ReadonlySet<string> = new Set(REGIONS);

/**
 * Endpoints on which sources disagree. For this region, the SDKs say `.com`; Huawei's Terraform provider, the IAM
 * endpoint and reports of users say `.eu` for all of this region.
 */
const UNSURE: ReadonlyMap<string, readonly [likely: string, other: string]> = new Map([
  ['eu-west-101', ['https://dcs.eu-west-101.myhuaweicloud.eu', 'https://dcs.eu-west-101.myhuaweicloud.com']],
]);

/** The endpoint of DCS in a region, e.g. `cn-north-4`; nothing for a region that is not in {@link REGIONS}. */
export function endpointOf(region: string): URL | undefined {
  if (!KNOWN.has(region)) return undefined;
  return new URL(UNSURE.get(region)?.[0] ?? `https://dcs.${region}.myhuaweicloud.com`);
}

/** The other possible endpoint of a region, where sources disagree. */
export function otherEndpointOf(region: string): string | undefined {
  return UNSURE.get(region)?.[1];
}
