import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { problemsOf } from './event-schemas.ts';

/** A request with one whole event. */
export interface HeldRequest {
  readonly channel: string;
  readonly id: string;
  readonly body: string;
  /** How often the program had been started by then. */
  readonly run: number;
  answered: boolean;
}

/** A receiver answers a request, or takes it and never answers. */
export type Answering = 'answer' | 'hold';

/** A receiver that outlives its senders: it can hold back an answer, and notices when a dead sender's sockets are gone. */
export interface HoldingReceiver {
  url(channel: string): string;
  readonly requests: readonly HeldRequest[];
  /** Later requests belong to this run; `arrived` decides about each, `answered` is called when its answer was sent. */
  begin(run: number, arrived: (request: HeldRequest) => Answering, answered: () => void): void;
  /** Resolves when every connection is closed, and whatever a dead sender still had sent was read. */
  drained(): Promise<void>;
  close(): Promise<void>;
}

export async function startHoldingReceiver(): Promise<HoldingReceiver> {
  const requests: HeldRequest[] = [];
  const sockets = new Set<Socket>();
  const problems = new Set<string>();
  let current: Parameters<HoldingReceiver['begin']> = [0, () => 'answer', () => undefined];

  const server = createServer(async (request, response) => {
    const body = await wholeBody(request);
    if (body === undefined) return;
    const [run, arrived, answered] = current;
    const channel = (request.url ?? '').slice(1);
    const held = { channel, id: String(request.headers['webhook-id']), body, run, answered: false };
    requests.push(held);
    for (const problem of problemsOf(JSON.parse(body))) problems.add(problem);
    if (arrived(held) === 'hold') return;
    held.answered = true;
    response.end('ok', answered);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;

  return {
    url: (channel) => `http://127.0.0.1:${port}/${channel}`,
    requests,
    begin: (...run) => {
      current = run;
    },
    async drained() {
      await Promise.all([...sockets].map((socket) => socket.closed || once(socket, 'close')));
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      if (problems.size > 0) throw new Error(`not as schemas/ describes it:\n${[...problems].join('\n')}`);
    },
  };
}

/** @returns nothing when the sender died before the end: what did not arrive whole did not arrive */
async function wholeBody(request: IncomingMessage): Promise<string | undefined> {
  try {
    return await text(request);
  } catch {
    return undefined;
  }
}
