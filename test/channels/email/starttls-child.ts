/**
 * A process of its own that sends one mail: Node reads NODE_EXTRA_CA_CERTS only when it starts. `{ port, url, event }` on its
 * standard input, the outcome on its standard output. Connections lead to a port of loopback, whatever the host of the URL.
 */
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { createChannel } from '../../../lib/channels/index.ts';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import { channelSchema } from '../../support/channel-types.ts';

const INPUT = z.object({ port: z.number(), url: z.string(), event: z.custom<MigrationEvent>() });

const { port, url, event } = INPUT.parse(await json(process.stdin));
const config = channelSchema.parse({
  type: 'email',
  url,
  from: 'watch@example.com',
  to: ['dba@example.com'],
});
const http = {
  request: () => Promise.reject(new TypeError('no request')),
  openSocket: async () => connect({ host: '127.0.0.1', port }),
  close: async () => undefined,
};
const channel = await createChannel('mail', config, { http });
process.stdout.write(JSON.stringify(await channel.send({ events: [event], now: new Date(event.time) })));
