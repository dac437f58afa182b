import type { Hook } from '../channel-type.ts';

const HOOK_HOSTS = /^hooks\.slack(?:-gov)?\.com$/;
/** Copied from the browser or from an API, an address is not a hook. */
const HOSTS = /^(?:[a-z0-9-]+\.)*slack(?:-gov)?\.com$/;
const PATH = /^\/(?:services\/[^/]+\/[^/]+\/[^/]+|workflows\/.+|triggers\/.+)$/;

export const slackHook: Hook = { type: 'slack', service: 'Slack', hosts: HOSTS, problem };

function problem({ hostname, pathname }: URL): string | undefined {
  const isHook = HOOK_HOSTS.test(hostname) ? PATH.test(pathname) : !HOSTS.test(hostname);
  return isHook
    ? undefined
    : 'is not an incoming webhook; one looks like https://hooks.slack.com/services/T…/B…/…';
}
