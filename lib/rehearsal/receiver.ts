import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Arrivals, as the receiver of a pipeline and a Slack workspace would see them. */
export type Received =
  | { readonly channel: 'slack'; readonly payload: unknown }
  | {
      readonly channel: 'webhook';
      readonly verified: boolean;
      readonly refused: boolean;
      readonly event: unknown;
    };

/** A Slack workspace and a pipeline on this machine, for the rehearsal. */
export interface Receiver {
  readonly slackUrl: string;
  readonly webhookUrl: string;
  /** Answers the next webhook with 503, as a pipeline in maintenance does. */
  refuseNextWebhook(): void;
  close(): Promise<void>;
}

/** How old a signed request may be (Standard Webhooks 1.0.0). Milliseconds. */
const TOLERANCE_MS = 5 * 60_000;

/** Starts the receiver on a free port of the loopback interface. */
export async function startReceiver(options: {
  /** The signing secret, `whsec_…`. */
  readonly secret: string;
  now(): number;
  onReceived(received: Received): void;
}): Promise<Receiver> {
  let refusals = 0;

  const answer = async (request: IncomingMessage): Promise<{ status: number; body: string }> => {
    const body = await text(request);
    if (request.url === '/slack') {
      options.onReceived({ channel: 'slack', payload: JSON.parse(body) });
      return { status: 200, body: 'ok' };
    }
    const verified = isSignedWith(options.secret, request.headers, body, options.now());
    const refused = refusals > 0;
    if (refused) refusals -= 1;
    options.onReceived({ channel: 'webhook', verified, refused, event: JSON.parse(body) });
    if (refused) return { status: 503, body: 'in maintenance' };
    return { status: verified ? 204 : 401, body: '' };
  };

  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, body }) => response.writeHead(status).end(body),
      () => response.writeHead(400).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${portOf(server.address())}`;
  return {
    slackUrl: `${base}/slack`,
    webhookUrl: `${base}/webhook`,
    refuseNextWebhook: () => {
      refusals += 1;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The check that every receiver of our webhooks should make, after Standard Webhooks 1.0.0. */
function isSignedWith(secret: string, headers: IncomingHttpHeaders, body: string, now: number): boolean {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (!(Math.abs(now - Number(timestamp) * 1000) <= TOLERANCE_MS)) return false;

  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return signatures.split(' ').some((signature) => {
    const [version, value = ''] = signature.split(',');
    const given = Buffer.from(value, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}
