import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { defined } from '../../../lib/base/defined.ts';
import { Secret } from '../../../lib/base/secret.ts';
import { authorizationOf, type Credentials } from '../../../lib/huawei/signer.ts';
import type { AgencyKeys } from './instance.ts';

/** The API that takes asynchronous invocations, on this machine. */
export interface Invocations {
  /** Its address, for `FUNCTIONGRAPH_ENDPOINT`. */
  readonly url: string;
  /** The paths that were asked, with what was answered. */
  readonly answers: readonly { readonly path: string; readonly status: number }[];
  /** The ends of all invocations so far; one that failed rejects. */
  ends(): Promise<readonly unknown[]>;
  close(): Promise<void>;
}

export interface InvocationsOptions {
  /** The keys that it knows, asked anew at each request. */
  readonly keys: () => AgencyKeys;
  /** Takes the event after the answer. */
  readonly invoke: (event: unknown) => Promise<unknown>;
  /** Refuses instead: a status, and the error code of the answer. */
  readonly refuse?: { readonly status: number; readonly code: string };
}

export async function startInvocations({ keys, invoke, refuse }: InvocationsOptions): Promise<Invocations> {
  const answers: { path: string; status: number }[] = [];
  const invoked: Promise<unknown>[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const isSigned = verifies(request, body, keys());
    const status = refuse?.status ?? (isSigned && request.method === 'POST' ? 202 : 401);
    answers.push({ path: request.url ?? '', status });
    const answer =
      status === 202
        ? { request_id: 'b4b6f8c2' }
        : { error_code: refuse?.code ?? 'APIGW.0301', error_msg: 'refused by 1234567890' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    if (status === 202) invoked.push(invoke(JSON.parse(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    answers,
    ends: () => Promise.all(invoked),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const AUTHORIZATION = /^SDK-HMAC-SHA256 Access=([^,]*), SignedHeaders=([^,]*), Signature=[0-9a-f]{64}$/;

/** Of a project's own key the gateway wants the project, too. */
const SIGNED = ['host', 'x-project-id', 'x-sdk-date', 'x-security-token'];

/** After the signing guide: the gateway verifies the headers that the signature names, and the body. */
function verifies(request: IncomingMessage, body: string, keys: AgencyKeys): boolean {
  const { authorization = '', host, 'x-security-token': token } = request.headers;
  const [, accessKey, signed = ''] = AUTHORIZATION.exec(authorization) ?? [];
  if (accessKey !== keys.accessKey || token !== keys.securityToken) return false;
  const names = signed.split(';');
  if (!SIGNED.every((name) => names.includes(name))) return false;
  const headers = Object.fromEntries(names.map((name) => [name, String(request.headers[name] ?? '')]));
  const url = new URL(request.url ?? '', `http://${host}`);
  const sent = { method: 'POST', url, headers, body, credentials: credentialsOf(keys) } as const;
  return authorizationOf(sent, names) === authorization;
}

function credentialsOf({ accessKey, secretKey, securityToken }: AgencyKeys): Credentials {
  return defined<Credentials>({
    accessKey: new Secret(accessKey),
    secretKey: new Secret(secretKey),
    securityToken: new Secret(securityToken),
  });
}
