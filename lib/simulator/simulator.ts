import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { WallClock } from '../base/time/clock.ts';
import {
  type AnswerBody,
  dcsError,
  NO_SUCH_API,
  type Reply,
  SIMULATED_TASK_ID,
  WRONG_PROJECT,
} from './answers.ts';
import { createFaultOrders } from './fault-queue.ts';
import { FAULTS, type FaultName } from './faults.ts';
import { createGateway, type SimulatedCredentials } from './gateway.ts';
import { type CallKind, type Route, routeOf } from './routes.ts';
import { createTasks, type TaskControls } from './tasks.ts';

export interface SimulatorOptions {
  readonly credentials: SimulatedCredentials;
  readonly projectId: string;
  /** For signatures, locks and scripts that play by time; default: the real time. */
  readonly clock?: WallClock;
  /** Default: 127.0.0.1. */
  readonly host?: string;
}

/**
 * A DCS API for rehearsals and tests: the gateway's signature check, ShowMigrationTask and the calls of the
 * enrichment over the same tasks, rights to take away, and faults to order.
 */
export interface Simulator extends TaskControls {
  readonly endpoint: URL;
  /** The task answers this from now on; `null`: there is no such task. */
  setTask(taskId: string, answer: AnswerBody | null): void;
  /** Takes the key's right to a kind of call away: it is refused as the documentation says. */
  deny(kind: CallKind): void;
  allow(kind: CallKind): void;
  /**
   * The next `times` requests meet this fault, after the faults that were ordered before.
   *
   * @param only the kind of call that meets it; any, when it is not given.
   */
  fault(name: FaultName, times?: number, only?: CallKind): void;
  /** Forgets faults that have not fired. */
  clearFaults(): void;
  /** How often each fault has fired; absent when it never has. */
  readonly fired: Readonly<Partial<Record<FaultName, number>>>;
  /** How many requests there were of each kind, refused ones included. */
  readonly calls: Readonly<Record<CallKind, number>>;
  /** How many times each task was shown. */
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
  const { controls, reply: replyOf } = createTasks(clock);
  const faults = createFaultOrders();
  const denied = new Set<CallKind>();
  const calls: Record<CallKind, number> = { show: 0, list: 0, stats: 0, logs: 0 };
  const requests = new Map<string, number>();

  function count(route: Route): void {
    calls[route.kind] += 1;
    if (route.kind === 'show') requests.set(route.taskId, (requests.get(route.taskId) ?? 0) + 1);
  }

  function answer(request: IncomingMessage, route: Route | undefined): Reply {
    if (route === undefined) return NO_SUCH_API;
    const refused = gateway.refusal(request);
    if (refused !== undefined) return refused;
    if (route.projectId !== projectId) return WRONG_PROJECT;
    return denied.has(route.kind) ? notPermitted(route.kind) : replyOf(route);
  }

  const server = createServer((request, response) => {
    const route = routeOf(request);
    if (route !== undefined) count(route);
    response.setHeader('date', new Date(clock.now()).toUTCString());
    const fault = faults.next(request, route?.kind);
    const reply = fault === undefined ? answer(request, route) : provoke(fault, request, response);
    if (reply !== undefined)
      response.writeHead(reply.status, reply.headers).end(addressed(reply.body, route));
  });

  return {
    endpoint: await listen(server, host),
    ...controls,
    setTask: (taskId, fixed) => controls.play(taskId, { answers: [fixed] }),
    deny: (kind) => denied.add(kind),
    allow: (kind) => denied.delete(kind),
    fault: faults.order,
    clearFaults: faults.clear,
    fired: faults.fired,
    calls,
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

/** The service says whose answer it is. */
function addressed(body: string, route: Route | undefined): string {
  if (route === undefined || route.kind === 'list') return body;
  return body.replaceAll(`"${SIMULATED_TASK_ID}"`, JSON.stringify(decodeURIComponent(route.taskId)));
}

/** The refusal of a key that lacks a permission. No source names that of the figures; `get` is likely. */
function notPermitted(kind: CallKind): Reply {
  const action = `dcs:migrationTask:${kind === 'list' ? 'list' : 'get'}`;
  return dcsError(403, 'DCS.2007', `Policy does not allow ${action} to be performed.`);
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
