import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { Secret } from '../../lib/base/secret.ts';

/** What happens to the next request that has the word in it. */
type Way = 'cut before' | 'cut after' | 'silent' | `-${string}`;

export interface Fault {
  readonly word: string;
  readonly way: Way;
  left: number;
  /** How often it struck. */
  fired: number;
}

/** A way to a Redis on which requests and answers get lost. */
export interface RedisProxy {
  url(rest?: string): Secret;
  /** `cut after`: Redis did it, and the connection breaks instead of the answer. `-LOADING …`: that is the answer. */
  fault(word: string, way: Way, times?: number): Fault;
  readonly port: number;
  /** The number of times that clients have sent something: commands that are sent together count once. */
  sent(): number;
  /** From now on nothing that Redis says arrives. */
  hold(): void;
  close(): Promise<void>;
}

export async function startRedisProxy(port: number): Promise<RedisProxy> {
  const faults: Fault[] = [];
  let isHeld = false;
  let sent = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    let isCut = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (data) => {
      if (isHeld) return;
      if (isCut) client.resetAndDestroy();
      else client.write(data);
    });
    client.on('data', (data) => {
      sent += 1;
      const text = data.toString('latin1').toLowerCase();
      const fault = faults.find(({ left, word }) => left > 0 && text.includes(word));
      if (fault === undefined) return upstream.write(data);
      fault.left -= 1;
      fault.fired += 1;
      if (fault.way === 'cut before') return client.resetAndDestroy();
      if (fault.way === 'silent') return undefined;
      if (fault.way === 'cut after') isCut = true;
      if (isCut) return upstream.write(data);
      // One answer for each command.
      return client.write(`${fault.way}\r\n`.repeat(text.split(/(?:^|\n)\*\d+\r/).length - 1));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    sent: () => sent,
    hold: () => {
      isHeld = true;
    },
    url: (rest = '') => new Secret(`redis://127.0.0.1:${address.port}${rest}`),
    fault(word, way, times = 1) {
      const fault = { word, way, left: times, fired: 0 };
      faults.push(fault);
      return fault;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
