import { nearest } from '../base/nearest.ts';
import { endpointOf } from '../dcs/endpoints.ts';
import { urlProblem } from '../http/address-guard.ts';
import { REGIONS } from '../huawei/regions.ts';

/** The API of a project. */
export interface DcsEndpoint {
  /** The region in events; the host of the API where the region is unknown. */
  readonly region: string;
  readonly endpoint: URL;
}

/** The wrong setting, and the reason. */
export interface EndpointProblem {
  readonly at: 'region' | 'endpoint';
  readonly message: string;
}

export interface EndpointSettings {
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly allowInsecure?: boolean | undefined;
}

/** The region is part of events and links. */
const REGION = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
const ENDPOINT_HOST = /^dcs\.([a-z0-9-]+)\./;
const OTHERWISE = 'elsewhere name the API itself with endpoint: https://…';

/**
 * Finds the endpoint of a project, and the region in its events. A configured endpoint replaces that of the region, and
 * then the region may be any word, such as one of another operator of the same software.
 */
export function dcsEndpointOf({
  region,
  endpoint,
  allowInsecure = false,
}: EndpointSettings): DcsEndpoint | EndpointProblem {
  if (endpoint === undefined) return endpointOfRegion(region);
  const message = endpointProblem(endpoint, allowInsecure);
  if (message !== undefined) return { at: 'endpoint', message };
  if (region !== undefined && !REGION.test(region)) {
    return { at: 'region', message: 'expected a word of letters, digits and hyphens, at most 64' };
  }
  const url = new URL(endpoint);
  return { region: region ?? ENDPOINT_HOST.exec(url.hostname)?.[1] ?? url.host, endpoint: url };
}

function endpointOfRegion(region: string | undefined): DcsEndpoint | EndpointProblem {
  if (region === undefined) {
    return { at: 'region', message: `is missing: expected a region such as cn-north-4; ${OTHERWISE}` };
  }
  const endpoint = endpointOf(region);
  if (endpoint !== undefined) return { region, endpoint };
  const meant = nearest(region, REGIONS);
  const hint = meant === undefined ? 'expected one such as cn-north-4' : `did you mean ${meant}?`;
  return {
    at: 'region',
    message: `is not a region in which DCS has a known endpoint; ${hint} (${OTHERWISE})`,
  };
}

function endpointProblem(endpoint: string, allowInsecure: boolean): string | undefined {
  const problem = urlProblem(endpoint, { allowInsecure });
  if (problem !== undefined) return problem;
  return /[?#]/.test(endpoint) ? 'must not have a query or a fragment (? or #)' : undefined;
}

/** Huawei Cloud's endpoints in all regions. Other operators of the same software have other consoles. */
const OF_HUAWEI = /\.myhuaweicloud\.(?:com|com\.cn|cn|eu)$/;

export function isOfHuawei({ hostname }: URL): boolean {
  return OF_HUAWEI.test(hostname);
}
