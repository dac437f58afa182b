import { once } from 'node:events';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';
import type { Channel } from '../../../lib/channels/channel.ts';
import { createChannel } from '../../../lib/channels/index.ts';
import type { HttpClient } from '../../../lib/http/client.ts';
import { client } from '../../http/servers.ts';
import { channelSchema } from '../../support/channel-types.ts';
import { PASSWORD, USER } from './sample.ts';

/** The commands at which a server may refuse. */
export type Command = 'CONNECT' | 'AUTH' | 'MAIL FROM' | 'RCPT TO' | 'DATA';

export interface Arrived {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: string;
}

export interface MailServer {
  readonly port: number;
  readonly mails: readonly Arrived[];
  /** Connections so far. */
  readonly connections: () => number;
  /** Refuses with this reply at a command from now on, in words that repeat everything that it knows. */
  refuse(command: Command, reply: number, times?: number): void;
}

/** A mail server on loopback. */
export async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: Arrived[] = [];
  const refusals = new Map<Command, { reply: number; left: number }>();
  let connections = 0;
  const refusalAt = (command: Command): Error | undefined => {
    const refusal = refusals.get(command);
    if (refusal === undefined || refusal.left === 0) return undefined;
    refusal.left -= 1;
    return Object.assign(new Error(`${USER} ${PASSWORD} said no`), { responseCode: refusal.reply });
  };
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    hideSTARTTLS: true,
    logger: false,
    onConnect: (_session, callback) => {
      connections += 1;
      callback(refusalAt('CONNECT'));
    },
    onAuth: ({ username }, _session, callback) => callback(refusalAt('AUTH') ?? null, { user: username }),
    onMailFrom: (_address, _session, callback) => callback(refusalAt('MAIL FROM')),
    onRcptTo: (_address, _session, callback) => callback(refusalAt('RCPT TO')),
    onData: (stream, { envelope }, callback) => {
      const { mailFrom, rcptTo } = envelope;
      text(stream).then((raw) => {
        const refusal = refusalAt('DATA');
        if (refusal === undefined) {
          const from = mailFrom === false ? '' : mailFrom.address;
          mails.push({ from, to: rcptTo.map(({ address }) => address), raw });
        }
        callback(refusal);
      }, callback);
    },
    ...options,
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    mails,
    connections: () => connections,
    refuse: (command, reply, times = Number.POSITIVE_INFINITY) => {
      refusals.set(command, { reply, left: times });
    },
  };
}

/** A server that answers each command with words of its own, by the command's first word; else 250. */
export function scripted(greeting: string, replies: Readonly<Record<string, string>> = {}): Promise<number> {
  return scriptedBy(greeting, (line) => replies[line.split(/[ \r]/)[0]?.toUpperCase() ?? ''] ?? '250 ok\r\n');
}

/** @param reply to what came in; `BREAK` breaks the connection, and nothing is said where it is empty */
export async function scriptedBy(greeting: string, reply: (line: string) => string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.write(greeting);
    socket.on('data', (data) => {
      const answer = reply(data.toString());
      if (answer === 'BREAK') socket.resetAndDestroy();
      else socket.write(answer);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A channel at a mail server on loopback. */
export async function mailTo(
  port: number,
  settings: Readonly<Record<string, unknown>> = {},
  http: HttpClient = client(),
): Promise<Channel> {
  const login = `${USER}:${encodeURIComponent(PASSWORD)}`;
  const config = channelSchema.parse({
    type: 'email',
    url: `smtp://${login}@127.0.0.1:${port}`,
    from: 'watch@example.com',
    to: ['dba@example.com'],
    allowInsecure: true,
    ...settings,
  });
  return await createChannel('mail', config, { http });
}

/** The headers of a mail, by lower-case name; folded lines joined. */
export function headersIn(raw: string): ReadonlyMap<string, string> {
  const [head = ''] = raw.split('\r\n\r\n');
  const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
}

/** The parts of a mail, decoded, by their type. */
export function partsIn(raw: string): { readonly text: string; readonly html: string } {
  const boundary = /boundary="([^"]+)"/.exec(raw)?.[1] ?? '';
  const parts = new Map(
    raw.split(`--${boundary}`).flatMap((part): [string, string][] => {
      const type = /^content-type: text\/(plain|html)/im.exec(part)?.[1];
      return type === undefined ? [] : [[type, decoded(part)]];
    }),
  );
  return { text: parts.get('plain') ?? '', html: parts.get('html') ?? '' };
}

function decoded(part: string): string {
  const body = part.slice(part.indexOf('\r\n\r\n') + 4).replace(/\r\n$/, '');
  const encoding = /^content-transfer-encoding: (\S+)/im.exec(part)?.[1];
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8').replaceAll('\r\n', '\n');
  if (encoding !== 'quoted-printable') return body.replaceAll('\r\n', '\n');
  const joined = body.replace(/=\r\n/g, '');
  const bytes = joined.replace(/=([0-9A-F]{2})/g, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}

/** A header in words (RFC 2047). */
export function words(header = ''): string {
  return header
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_all, kind: string, text: string) => {
      if (kind.toUpperCase() === 'B') return Buffer.from(text, 'base64').toString('latin1');
      return text
        .replaceAll('_', ' ')
        .replace(/=([0-9A-F]{2})/gi, (_code, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
    })
    .replace(/[\x80-\xff]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString('utf8'));
}
