import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';

const OPERATIONS = ['CreateTable', 'GetItem', 'PutItem', 'Query'] as const;
type Operation = (typeof OPERATIONS)[number];

/** In every refusal, as in AWS' own: it must not get into any message of ours. */
export const AWS_CANARY = 'arn:aws:iam::123456789012:role/canary';

/** What goes wrong with a request, and whether it was applied nevertheless. */
export type FaultKind = keyof typeof FAULTS;

/** Says whether a fault test tested its fault. */
interface Fault {
  /** How often it struck. */
  readonly fired: number;
}

/** A DynamoDB on 127.0.0.1 that counts requests and fails on demand. */
export interface Dynalite {
  readonly endpoint: string;
  /** Endpoint, region and credentials for a `DynamoDBClient`. */
  readonly settings: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  };
  /** The same as environment variables, for code that reads them as on AWS. */
  readonly env: Readonly<Record<string, string>>;
  /** Requests that arrived since the start, those with a fault included. */
  readonly requests: Readonly<Record<Operation, number>>;
  /** The last request of this kind, as parsed JSON. */
  lastRequest(operation: Operation): unknown;
  /** Makes a table; without `keys` with ours. The first key is the partition. */
  createTable(name: string, keys?: readonly [string, string]): Promise<void>;
  /** Spoils the next `times` requests of this kind (default 1), after faults that were asked for before. */
  fault(operation: Operation, kind: FaultKind, times?: number): Fault;
  close(): Promise<void>;
}

interface Exchange {
  readonly response: ServerResponse;
  /** Lets dynalite do what was asked. */
  apply(): Promise<Response>;
}

const FAULTS = {
  /** Refused as too much, not applied. */
  throttled: ({ response }: Exchange) => refuse(response, 400, 'ThrottlingException'),
  /** An error of the service, not applied. */
  failed: ({ response }: Exchange) => refuse(response, 500, 'InternalServerError'),
  /** No permission, not applied. */
  denied: ({ response }: Exchange) => refuse(response, 400, 'AccessDeniedException'),
  /** Connection closed, not applied. */
  dropped: ({ response }: Exchange) => void response.destroy(),
  /** Applied, then the connection is closed without an answer. */
  'answer lost': async ({ response, apply }: Exchange) => {
    await apply();
    response.destroy();
  },
  /** Applied, yet answered with an error of the service. */
  'applied but failed': async ({ response, apply }: Exchange) => {
    await apply();
    refuse(response, 500, 'InternalServerError');
  },
  /** Never answered, not applied. */
  silent: () => {},
  /** Applied; the answer begins and never ends. */
  stalled: async ({ response, apply }: Exchange) => {
    await apply();
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': 1000 });
    response.write('{');
  },
  /** A page of some proxy instead of an answer, not applied. */
  garbage: ({ response }: Exchange) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>${AWS_CANARY}</html>`),
};

/** Starts dynalite in this process, behind a proxy that counts and fails. */
export async function startDynalite(): Promise<Dynalite> {
  const database = dynalite({ createTableMs: 0, deleteTableMs: 0 });
  const upstream = await listen(database);
  const requests: Record<Operation, number> = { CreateTable: 0, GetItem: 0, PutItem: 0, Query: 0 };
  const last = new Map<Operation, unknown>();
  const planned: { operation: Operation; kind: FaultKind; left: number; fired: number }[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse) {
    const operation = operationOf(request);
    const body = await buffer(request);
    requests[operation] += 1;
    last.set(operation, JSON.parse(body.toString()));
    const apply = () => forward(upstream, request, body);

    const fault = planned.find((one) => one.operation === operation && one.left > 0);
    if (fault === undefined) return relay(await apply(), response);
    fault.left -= 1;
    fault.fired += 1;
    await FAULTS[fault.kind]({ response, apply });
  }

  const proxy = createServer((request, response) => {
    answer(request, response).catch((error: Error) => response.destroy(error));
  });
  const endpoint = await listen(proxy);
  const credentials = { accessKeyId: 'AKIDTEST', secretAccessKey: 'not-a-secret' };
  const settings = { endpoint, region: 'eu-central-1', credentials };

  return {
    endpoint,
    settings,
    env: {
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_REGION: settings.region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    requests,
    lastRequest: (operation) => last.get(operation),
    createTable: (name, keys = ['pk', 'sk']) => createTable(settings, name, keys),

    fault(operation, kind, times = 1) {
      const fault = { operation, kind, left: times, fired: 0 };
      planned.push(fault);
      return fault;
    },

    async close() {
      await stop(proxy);
      await stop(database);
    },
  };
}

function operationOf(request: IncomingMessage): Operation {
  const target = String(request.headers['x-amz-target']).split('.').at(-1);
  const operation = OPERATIONS.find((name) => name === target);
  if (operation === undefined) throw new Error(`unexpected operation ${target}`);
  return operation;
}

function forward(
  upstream: string,
  { headers }: IncomingMessage,
  body: Buffer<ArrayBuffer>,
): Promise<Response> {
  const kept = ['authorization', 'content-type', 'x-amz-date', 'x-amz-target'].map((name) => [
    name,
    String(headers[name]),
  ]);
  return fetch(upstream, { method: 'POST', headers: Object.fromEntries(kept), body });
}

async function relay(answered: Response, response: ServerResponse): Promise<void> {
  const body = Buffer.from(await answered.arrayBuffer());
  response
    .writeHead(answered.status, { 'content-type': String(answered.headers.get('content-type')) })
    .end(body);
}

function refuse(response: ServerResponse, status: number, name: string): void {
  const body = JSON.stringify({
    __type: `com.amazonaws.dynamodb.v20120810#${name}`,
    message: `User: ${AWS_CANARY} ran into ${name}`,
  });
  response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
}

async function createTable(
  settings: Dynalite['settings'],
  name: string,
  [partition, sort]: readonly [string, string],
): Promise<void> {
  const client = new DynamoDBClient(settings);
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: partition, AttributeType: 'S' },
        { AttributeName: sort, AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
    }),
  );
  client.destroy();
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeAllConnections();
  });
}
