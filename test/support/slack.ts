import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import * as z from 'zod/mini';

const CALL = z.looseObject({
  channel: z.string(),
  text: z.string(),
  ts: z.optional(z.string()),
  thread_ts: z.optional(z.string()),
  reply_broadcast: z.optional(z.boolean()),
  blocks: z.optional(z.array(z.unknown())),
  attachments: z.optional(z.array(z.unknown())),
  metadata: z.optional(z.unknown()),
});

type Method = 'chat.postMessage' | 'chat.update';

/** One call as Slack got it. */
export interface SlackCall {
  readonly method: string;
  readonly body: z.output<typeof CALL>;
  readonly headers: IncomingHttpHeaders;
}

/** A message as it stands in the channel. */
export interface SlackPost {
  readonly ts: string;
  readonly text: string;
  /** Everything in it, as JSON. */
  readonly content: string;
  /** The message that it replies to; absent where it stands in the channel itself. */
  readonly thread: string | undefined;
  /** The channel sees it, too. */
  readonly isBroadcast: boolean;
  readonly edits: number;
}

/** An answer instead of what the method would do: a word of Slack's, or all of it. */
export type SlackAnswer =
  | string
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** Slack's Web API on loopback, with one channel, as far as a bot that posts and edits sees it. */
export interface TestSlack {
  /** For `baseUrl`. */
  readonly url: string;
  calls(method?: Method): readonly SlackCall[];
  /** All messages, in the order in which they were posted. */
  posts(): readonly SlackPost[];
  /** The next calls of a method are answered so, one after the other. */
  answer(method: Method, ...answers: readonly SlackAnswer[]): void;
  /** The token is rotated: only this one is taken from now on. */
  rotate(token: string): void;
  /** Somebody deletes a message. */
  delete(ts: string): void;
  close(): Promise<void>;
}

/** The id of the channel that any name of it stands for. */
export const SLACK_CHANNEL = 'C0123456789';
export const SLACK_TOKEN = 'xoxb-canary-of-a-bot-token-6Ty';

export async function startTestSlack(): Promise<TestSlack> {
  const calls: SlackCall[] = [];
  const posts = new Map<string, SlackPost>();
  const planned = new Map<string, SlackAnswer[]>();
  let count = 0;
  let token = SLACK_TOKEN;

  const post = (body: SlackCall['body']) => {
    count += 1;
    const ts = `1767579120.${String(count).padStart(6, '0')}`;
    // A reply to a deleted message is posted into the channel.
    const thread = posts.has(body.thread_ts ?? '') ? body.thread_ts : undefined;
    const isBroadcast = body.reply_broadcast === true;
    posts.set(ts, { ts, text: body.text, content: JSON.stringify(body), thread, isBroadcast, edits: 0 });
    const message = { text: body.text, ts, ...(thread !== undefined && { thread_ts: thread }) };
    return { ok: true, channel: SLACK_CHANNEL, ts, message };
  };
  const edit = (body: SlackCall['body']) => {
    const { ts = '', text } = body;
    const known = posts.get(ts);
    if (body.channel !== SLACK_CHANNEL) return { ok: false, error: 'channel_not_found' };
    if (known === undefined) return { ok: false, error: 'message_not_found' };
    posts.set(ts, { ...known, text, content: JSON.stringify(body), edits: known.edits + 1 });
    return { ok: true, channel: SLACK_CHANNEL, ts, text };
  };
  const answerTo = ({ method, body, headers }: SlackCall): unknown => {
    if (headers.authorization !== `Bearer ${token}`) return { ok: false, error: 'invalid_auth' };
    if (method === 'chat.postMessage') return post(body);
    return method === 'chat.update' ? edit(body) : { ok: false, error: 'unknown_method' };
  };

  const server = createServer(async (request, response) => {
    const method = new URL(request.url ?? '', 'http://slack.test').pathname.split('/').at(-1) ?? '';
    const call = { method, body: CALL.parse(await json(request)), headers: request.headers };
    calls.push(call);
    const answer = planned.get(method)?.shift();
    if (answer === undefined || typeof answer === 'string') {
      const body = answer === undefined ? answerTo(call) : { ok: false, error: answer };
      response.end(JSON.stringify(body));
      return;
    }
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}/api`,
    calls: (method) => calls.filter((call) => method === undefined || call.method === method),
    posts: () => [...posts.values()],
    answer: (method, ...answers) => planned.set(method, [...(planned.get(method) ?? []), ...answers]),
    rotate: (next) => {
      token = next;
    },
    delete: (ts) => void posts.delete(ts),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
