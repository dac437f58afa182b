import type { Hook } from '../channel-type.ts';

/** Addresses of connectors of Office 365, which Microsoft switched off in May 2026. */
const RETIRED = /(?:^|\.)webhook\.office\.com$|^outlook\.office(?:365)?\.com$/;
/** Addresses of workflows: those of today, and those of before. */
const WORKFLOW = /\.(?:logic\.azure\.com|powerplatform\.com)$/;

export const teamsHook: Hook = {
  type: 'teams',
  service: 'Microsoft Teams',
  hosts: new RegExp(`${RETIRED.source}|${WORKFLOW.source}`),
  // The schema refuses what is wrong with one.
  problem: () => undefined,
};

const MAKE_ONE = 'make a workflow "Send webhook alerts to a channel" in Teams, and copy its URL';
const CONNECTOR = `is a connector of Office 365, which Microsoft has retired and switched off (May 2026); ${MAKE_ONE}`;
const SIGN_IN =
  'has no sig: its workflow only takes signed-in users, or the URL was not copied whole; let anyone trigger the workflow, and copy its URL again';

export function problemOf({ hostname, searchParams }: URL): string | undefined {
  if (RETIRED.test(hostname)) return CONNECTOR;
  return WORKFLOW.test(hostname) && !searchParams.has('sig') ? SIGN_IN : undefined;
}
