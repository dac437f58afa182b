/**
 * The regions in which Huawei Cloud's own SDKs (Node, Python, Go and Java agree) know an endpoint of DCS. Elsewhere
 * (Open Telekom Cloud, dedicated regions) the configuration names the endpoint.
 */
export const REGIONS = [
  'ae-ad-1',
  'af-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'ap-southeast-5',
  'cn-east-2',
  'cn-east-3',
  'cn-east-4',
  'cn-east-5',
  'cn-north-1',
  'cn-north-12',
  'cn-north-2',
  'cn-north-4',
  'cn-north-9',
  'cn-south-1',
  'cn-south-2',
  'cn-southwest-2',
  'eu-west-0',
  'eu-west-101',
  'la-north-2',
  'la-south-2',
  'me-east-1',
  'my-kualalumpur-1',
  'na-mexico-1',
  'ru-moscow-1',
  'ru-northwest-2',
  'sa-brazil-1',
  'tr-west-1',
] as const;

/** Shared address space (RFC 6598) from which Huawei Cloud serves its own endpoints inside its network. */
const INSIDE = '100.125.0.0/16';
const OF_HUAWEI = /\.(?:myhuaweicloud|huaweicloud)\.(?:com|cn|eu)\.?$/;

/** The private addresses to which the endpoints of Huawei Cloud lead inside its network; nothing for other hosts. */
export function privateRangeOf(hostname: string): string | undefined {
  return OF_HUAWEI.test(hostname) ? INSIDE : undefined;
}

/** The top-level domains of Huawei Cloud that are not `.com`, by region. */
const DOMAINS: ReadonlyMap<string, string> = new Map([
  ['cn-north-2', 'cn'],
  ['eu-west-101', 'eu'],
]);

/** The usual address of a service in a region. */
export function addressOf(service: string, region: string): string {
  return `https://${service}.${region}.myhuaweicloud.${DOMAINS.get(region) ?? 'com'}`;
}
