import * as z from 'zod/mini';
import type { Secret } from '../../base/secret.ts';
import { hasUrl, httpShape, safeUrl } from '../channel-type.ts';
import { chat } from '../chat.ts';
import { chatShape } from '../people.ts';
import { classify } from './answers.ts';
import { mentionSchema } from './mention.ts';
import { render, roomFor, simplify } from './render.ts';

/** Addresses of connectors of Office 365, which Microsoft switched off in May 2026. */
const RETIRED = /(?:^|\.)webhook\.office\.com$|^outlook\.office(?:365)?\.com$/;
/** Addresses of workflows: those of today, and those of before. */
const WORKFLOW = /\.(?:logic\.azure\.com|powerplatform\.com)$/;
const HOSTS = new RegExp(`${RETIRED.source}|${WORKFLOW.source}`);

const MAKE_ONE = 'make a workflow "Send webhook alerts to a channel" in Teams, and copy its URL';
const CONNECTOR = `is a connector of Office 365, which Microsoft has retired and switched off (May 2026); ${MAKE_ONE}`;
const SIGN_IN =
  'has no sig: its workflow only takes signed-in users, or the URL was not copied whole; let anyone trigger the workflow, and copy its URL again';

/** Runs although other settings have problems, so that all are reported together, and never repeats the URL. */
const ofWorkflow = z.check<{ url: Secret }>(
  ({ value, issues }) => {
    const url = URL.parse(value.url.reveal());
    const message = url === null ? undefined : problemOf(url);
    if (message === undefined) return;
    issues.push({ code: 'custom', path: ['url'], input: undefined, message, continue: true });
  },
  { when: ({ value }) => hasUrl(value) },
);

const schema = z
  .strictObject({
    type: z.literal('teams'),
    ...httpShape,
    mention: mentionSchema,
    ...chatShape,
  })
  .check(safeUrl, ofWorkflow, z.describe('A workflow of Microsoft Teams that posts to a channel or chat.'));

/** A workflow of Microsoft Teams: an Adaptive Card, and one of plain lines where that is refused. */
export const teams = chat(schema, {
  room: ({ mention }) => roomFor(mention),
  render: (message, { mention }) => render(message, mention),
  request: (body, { url }) => ({ url: new URL(url.reveal()), body }),
  simplify,
  classify,
  hook: { service: 'Microsoft Teams', hosts: HOSTS, problem: () => undefined },
});

function problemOf({ hostname, searchParams }: URL): string | undefined {
  if (RETIRED.test(hostname)) return CONNECTOR;
  return WORKFLOW.test(hostname) && !searchParams.has('sig') ? SIGN_IN : undefined;
}
