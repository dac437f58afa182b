import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { Env } from '../../base/env.ts';
import { reasonOf, WatchError } from '../../base/errors.ts';
import { awsSettings } from '../../http/aws.ts';
import { readProxies } from '../../http/proxies.ts';
import type { StartRun } from './dispatch.ts';
import { StartError } from './start-error.ts';

/** Lambda's status for a stored asynchronous invocation (API reference, Invoke). */
const STORED = 202;

/**
 * Invokes this function on AWS Lambda again, asynchronously. Its role must permit `lambda:InvokeFunction` on itself.
 *
 * @returns nothing outside of Lambda
 */
export function startRunOnAws(env: Env): StartRun | undefined {
  const name = env['AWS_LAMBDA_FUNCTION_NAME'] ?? '';
  if (name === '') return undefined;
  let client: Promise<LambdaClient> | undefined;
  return async (project) => {
    client ??= createClient(env);
    try {
      const { InvokeCommand } = await import('@aws-sdk/client-lambda');
      const Payload = JSON.stringify({ project });
      const invocation = new InvokeCommand({ FunctionName: name, InvocationType: 'Event', Payload });
      const { StatusCode } = await (await client).send(invocation);
      if (StatusCode !== STORED) throw new StartError(`Lambda answers ${StatusCode}`);
    } catch (error) {
      throw error instanceof StartError ? error : new StartError(whyNot(error));
    }
  };
}

/** One client serves all runs, because each client has its own connections. */
async function createClient(env: Env): Promise<LambdaClient> {
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  return new LambdaClient(awsSettings(readProxies(env).proxies));
}

/** The reason by the name of the error, because its text contains the account. */
function whyNot(error: unknown): string {
  if (!(error instanceof Error) || error instanceof WatchError) return reasonOf(error);
  const advice =
    error.name === 'AccessDeniedException'
      ? ': permit lambda:InvokeFunction on the function itself, or set settings.runPerProject: never'
      : '';
  return `Lambda answers ${error.name}${advice}`;
}
