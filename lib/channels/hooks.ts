import type { Audience } from './channel.ts';
import type { Hook } from './channel-type.ts';
import * as hooks from './hook-list.ts';

/** The addresses of vendors, by type of channel. Every start checks all of them. */
export const HOOKS: ReadonlyMap<string, Hook> = new Map(
  Object.values<Hook>(hooks).map((hook) => [hook.type, hook]),
);

/** The channel type of the vendor with this address. */
export function typeAt({ hostname }: URL): { readonly type: string; readonly hook: Hook } | undefined {
  for (const [type, hook] of HOOKS) if (hook.hosts.test(hostname)) return { type, hook };
  return undefined;
}

/** Services without a channel type, by host. */
const OTHERS: readonly (readonly [RegExp, string])[] = [[/(?:^|\.)discord(?:app)?\.com$/, 'Discord']];

/** The service of an address. The hint names the channel type for it. */
function ownerOf(url: URL): { readonly service: string; readonly hint: string } | undefined {
  const known = typeAt(url);
  if (known !== undefined)
    return { service: known.hook.service, hint: `; did you mean type: ${known.type}?` };
  const service = OTHERS.find(([host]) => host.test(url.hostname))?.[1];
  return service === undefined ? undefined : { service, hint: '' };
}

/**
 * The warning about an address for a type of channel, in words that continue "the url". An address is a secret, so the
 * words only name the service that it seems to belong to.
 */
export function addressWarning(type: string, readers: Audience | undefined, url: URL): string | undefined {
  const whose = ownerOf(url);
  const hook = HOOKS.get(type);
  if (hook === undefined) {
    const isMistake = readers === 'programs' && whose !== undefined;
    return isMistake
      ? `leads to ${whose.service}, which does not accept signed events${whose.hint}`
      : undefined;
  }
  const isOwn = whose === undefined || whose.service === hook.service;
  return isOwn
    ? hook.problem(url)
    : `leads to ${whose.service}, not to ${hook.service}; its messages have another format${whose.hint}`;
}
