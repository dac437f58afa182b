import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { type Answer, NO_SUCH_API, type Reply, WRONG_PROJECT } from './simulator-answers.ts';
import { FAULTS, type FaultName } from './simulator-faults.ts';
import { createGateway, type SimulatedCredentials } from './simulator-gateway.ts';
import { createFaultOrders } from './simulator-orders.ts';
import { createTasks, type Script } from './simulator-tasks.ts';

export interface SimulatorOptions {
  readonly credentials: SimulatedCredentials;
  readonly projectId: string;
  /** For signatures, locks and scripts that play by time; default: the real time. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Default: 127.0.0.1. */
  readonly host?: string;
}

/** A DCS API for rehearsals and tests: the gateway's signature check, ShowMigrationTask, and faults to order. */
export interface Simulator {
  readonly endpoint: URL;
  /** The task answers this from now on; `null`: there is no such task. */
  setTask(taskId: string, answer: Answer | null): void;
  /** The task plays a script, from now on. */
  play(taskId: string, script: Script): void;
  /** All scripts without `stepMs` take one step. */
  advance(): void;
  /** The next `times` requests meet this fault, after the faults that were ordered before. */
  fault(name: FaultName, times?: number): void;
  /** Forgets faults that have not fired. */
  clearFaults(): void;
  /** How often each fault has fired; absent when it never has. */
  readonly fired: Readonly<Partial<Record<FaultName, number>>>;
  /** How many requests there were for each task id. */
  readonly requests: ReadonlyMap<string, number>;
  /** How many signatures the gateway has refused, faults not counted. */
  readonly refusals: number;
  /** True while the key is locked after too many refusals. */
  readonly locked: boolean;
  close(): Promise<void>;
}

/** Starts the simulated API on a free port. */
export async function startSimulator({
  credentials,
  projectId,
  clock = Date,
  host = '127.0.0.1',
}: SimulatorOptions): Promise<Simulator> {
  const gateway = createGateway(credentials, clock);
  const tasks = createTasks(clock);
  const faults = createFaultOrders();
  const requests = new Map<string, number>();

  function answer(request: IncomingMessage, route: Route | undefined): Reply {
    if (route === undefined) return NO_SUCH_API;
    const refused = gateway.refusal(request);
    if (refused !== undefined) return refused;
    return route.projectId === projectId ? tasks.reply(route.taskId) : WRONG_PROJECT;
  }

  const server = createServer((request, response) => {
    const route = routeOf(request);
    if (route !== undefined) requests.set(route.taskId, (requests.get(route.taskId) ?? 0) + 1);
    response.setHeader('date', new Date(clock.now()).toUTCString());
    const fault = faults.next(request);
    const reply = fault === undefined ? answer(request, route) : provoke(fault, request, response);
    if (reply !== undefined) response.writeHead(reply.status, reply.headers).end(reply.body);
  });

  return {
    endpoint: await listen(server, host),
    setTask: (taskId, fixed) => tasks.play(taskId, { answers: [fixed] }),
    play: tasks.play,
    advance: tasks.advance,
    fault: faults.order,
    clearFaults: faults.clear,
    fired: faults.fired,
    requests,
    get refusals() {
      return gateway.refusals;
    },
    get locked() {
      return gateway.locked;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Ids are hexadecimal, so they stand in an address as they are. */
interface Route {
  readonly projectId: string;
  readonly taskId: string;
}

const SHOW_MIGRATION_TASK = /^\/v2\/([^/?]+)\/migration-task\/([^/?]+)$/;

function routeOf({ method, url = '' }: IncomingMessage): Route | undefined {
  const [, projectId, taskId] = SHOW_MIGRATION_TASK.exec(url) ?? [];
  if (method !== 'GET' || projectId === undefined || taskId === undefined) return undefined;
  return { projectId, taskId };
}

async function listen(server: Server, host: string): Promise<URL> {
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}`);
}

/** @returns what is to be answered; nothing when the fault has dealt with the connection itself. */
function provoke(name: FaultName, request: IncomingMessage, response: ServerResponse): Reply | undefined {
  const fault = FAULTS[name];
  return typeof fault === 'function' ? fault(request, response) : fault;
}
