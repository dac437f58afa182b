import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';

/** A server that begins to answer, drips a byte, and goes on when the test lets it. */
export interface HeldServer {
  /** `http://127.0.0.1:…`, without a slash at the end. */
  readonly origin: string;
  /** The bodies of the requests that came, in order. */
  readonly requests: readonly string[];
  /** How many of them are still without their answer. */
  open(): number;
  /** All answers end; those to later requests are whole at once. */
  release(): void;
  close(): Promise<void>;
}

export async function startHeldServer(status = 200): Promise<HeldServer> {
  const requests: string[] = [];
  const waiting = new Set<ServerResponse>();
  let isHeld = true;
  const server = createServer(async (request, response) => {
    requests.push(await text(request));
    response.on('close', () => waiting.delete(response));
    response.writeHead(status, { 'content-type': 'application/json' }).write('{');
    if (isHeld) waiting.add(response);
    else response.end('}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests,
    open: () => waiting.size,
    release() {
      isHeld = false;
      for (const response of waiting) response.end('}');
      waiting.clear();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
