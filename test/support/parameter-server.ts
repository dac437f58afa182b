import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

/** How AWS answers; `silent` never does, `reset` breaks the connection. */
export type ParameterAnswer = { readonly status: number; readonly body: object } | 'silent' | 'reset';

/** What every refusal holds, as those of AWS hold more than anybody should see. */
export const REFUSAL_CANARY = 'canary in a message of AWS';

export const parameter = (value?: string): ParameterAnswer => ({
  status: 200,
  body: { Parameter: { Value: value } },
});
export const secret = (value?: string): ParameterAnswer => ({ status: 200, body: { SecretString: value } });
export const refused = (type: string): ParameterAnswer => ({
  status: 400,
  body: { __type: type, message: REFUSAL_CANARY },
});

/** Parameter Store and Secrets Manager on loopback, with the protocol of both: JSON by POST. */
export interface ParameterServer {
  readonly endpoint: string;
  /** What the AWS SDK reads, as on AWS. */
  readonly env: Readonly<Record<string, string>>;
  readonly asked: readonly { readonly target: string; readonly body: unknown }[];
  /** How names are answered from now on; all others are throttled. Forgets what was asked. */
  given(answers: Readonly<Record<string, ParameterAnswer>>): void;
  close(): Promise<void>;
}

export async function startParameterServer(): Promise<ParameterServer> {
  let answers: Readonly<Record<string, ParameterAnswer>> = {};
  let asked: { readonly target: string; readonly body: unknown }[] = [];
  const server = createServer(async (request, response) => {
    const body: { Name?: string; SecretId?: string } = JSON.parse(await text(request));
    asked.push({ target: String(request.headers['x-amz-target']), body });
    const answer = answers[body.Name ?? body.SecretId ?? ''] ?? refused('ThrottlingException');
    if (answer === 'silent') return;
    if (answer === 'reset') {
      request.socket.resetAndDestroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify(answer.body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    endpoint,
    env: {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKCANARY',
      AWS_SECRET_ACCESS_KEY: 'canary',
      AWS_ENDPOINT_URL_SSM: endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint,
    },
    get asked() {
      return asked;
    },
    given(wanted) {
      answers = wanted;
      asked = [];
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
