/**
 * The least that somebody would write by hand: one signed GET and one read from DynamoDB, with the libraries that the product
 * uses for them. The measure of a cold start.
 */
import { createHash, createHmac } from 'node:crypto';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { request } from 'undici';

const { env } = process;
const dynamo = new DynamoDBClient({});

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** After Huawei Cloud's signing guide (SDK-HMAC-SHA256). */
function signed(url: URL): Record<string, string> {
  const date = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const canonical = [
    'GET',
    `${url.pathname}/`,
    '',
    `host:${url.host}`,
    `x-sdk-date:${date}`,
    '',
    'host;x-sdk-date',
    sha256(''),
  ];
  const text = ['SDK-HMAC-SHA256', date, sha256(canonical.join('\n'))].join('\n');
  const signature = createHmac('sha256', env['HUAWEICLOUD_SDK_SK'] ?? '')
    .update(text)
    .digest('hex');
  const authorization = `SDK-HMAC-SHA256 Access=${env['HUAWEICLOUD_SDK_AK']}, SignedHeaders=host;x-sdk-date, Signature=${signature}`;
  return { host: url.host, 'x-sdk-date': date, authorization };
}

export async function handler(): Promise<{ status: unknown; known: boolean }> {
  const key = { pk: { S: 'project' }, sk: { S: 'task' } };
  const known = await dynamo.send(
    new GetItemCommand({ TableName: env['STATE_TABLE'], Key: key, ConsistentRead: true }),
  );
  const url = new URL(env['TASK_URL'] ?? '');
  const { body } = await request(url, { headers: signed(url) });
  const task = JSON.parse(await body.text());
  return { status: task.status, known: known.Item !== undefined };
}
