import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { problemsOf } from './event-schemas.ts';

/** One request as a receiver got it. */
export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * How a receiver answers: with a status; by breaking the connection before the answer (`reset`); or only when the sender
 * has given up waiting (`late`).
 */
export type ReceiverAnswer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string | readonly string[]>>;
      readonly body?: string;
    }
  | 'reset'
  | 'late';

/**
 * An HTTP server on loopback that remembers what it got. Each path is a receiver of its own. It takes no event that is
 * not as its published schema describes it: closing it fails then.
 */
export interface TestReceiver {
  url(path: string): string;
  /** What arrived at a path and below it, refused requests included; a sender may add to the query. */
  at(path: string): readonly ReceivedRequest[];
  /** The body with which a path takes a message where nothing else is said; default: `ok`. */
  takesWith(path: string, body: string): void;
  /** How a path answers from now on; default: 200. */
  answer(path: string, answer: ReceiverAnswer | ((request: ReceivedRequest) => ReceiverAnswer)): void;
  close(): Promise<void>;
}

function respond(response: ServerResponse, answer: Exclude<ReceiverAnswer, string>): void {
  const { status, headers = {}, body } = answer;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.writeHead(status).end(body);
}

export async function startTestReceiver(): Promise<TestReceiver> {
  const received: ReceivedRequest[] = [];
  const answers = new Map<string, (request: ReceivedRequest) => ReceiverAnswer>();
  const taking = new Map<string, string>();
  const problems = new Set<string>();
  const server = createServer(async (request, response) => {
    const arrived = { path: request.url ?? '', headers: request.headers, body: await text(request) };
    received.push(arrived);
    for (const problem of problemsOfBody(arrived)) problems.add(problem);
    const at = <T>(all: ReadonlyMap<string, T>) => [...all].findLast(([path]) => isAt(path, arrived))?.[1];
    const answer = at(answers)?.(arrived) ?? { status: 200, body: at(taking) ?? 'ok' };
    if (answer === 'reset') request.socket.resetAndDestroy();
    else if (answer === 'late') response.once('close', () => response.end('ok'));
    else respond(response, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: (path) => `http://127.0.0.1:${port}${path}`,
    at: (path) => received.filter((request) => isAt(path, request)),
    takesWith: (path, body) => taking.set(path, body),
    answer(path, answer) {
      answers.delete(path);
      answers.set(path, typeof answer === 'function' ? answer : () => answer);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      if (problems.size > 0) throw new Error(`not as schemas/ describes it:\n${[...problems].join('\n')}`);
    },
  };
}

/** Senders add signatures to the query, and methods to the path. */
function isAt(path: string, request: ReceivedRequest): boolean {
  const [place = '', query = ''] = path.split('?');
  const [arrived = '', asked = ''] = request.path.split('?');
  const isBelow = arrived === place || arrived.startsWith(`${place}/`);
  return isBelow && (query === '' || asked === query || asked.startsWith(`${query}&`));
}

function problemsOfBody({ headers, body }: ReceivedRequest): readonly string[] {
  const isEvent = headers['webhook-id'] !== undefined;
  return isEvent ? problemsOf(JSON.parse(body)) : [];
}
