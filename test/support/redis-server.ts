import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Secret } from '../../lib/base/secret.ts';
import { freePort } from '../http/servers.ts';

/** Whether tests that need a real Redis are left out: never where it must be there. */
export const NO_REDIS =
  process.env['REDIS_REQUIRED'] === undefined && spawnSync('redis-server', ['--version']).status !== 0;

/** A Redis of its own on 127.0.0.1. */
export interface RedisServer {
  readonly port: number;
  /** `redis://127.0.0.1:PORT`, with these words behind it. */
  url(rest?: string): Secret;
  /** For what a test does behind the back of the store. */
  readonly admin: Redis;
  /** It answers nobody until it goes on. */
  pause(): void;
  resume(): void;
  /** Ends it at once, as a power cut does. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** @param settings as on the command line: `['--maxmemory', '10mb']` */
export async function startRedis(settings: readonly string[] = []): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-redis-'));
  const port = await freePort();
  const own = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--daemonize',
    'no',
  ];
  const process = spawn(
    'redis-server',
    [...own, '--appendonly', 'yes', '--repl-diskless-sync-delay', '0', ...settings],
    { stdio: 'ignore' },
  );
  const admin = new Redis({
    host: '127.0.0.1',
    port,
    protocol: 2,
    enableReadyCheck: false,
    retryStrategy: () => 20,
    maxRetriesPerRequest: null,
  });
  admin.on('error', () => undefined);
  const kill = () => end(process);
  await admin.ping().catch((error: Error) => {
    // It asks for a password.
    if (error.name !== 'ReplyError') throw error;
  });
  return {
    port,
    url: (rest = '') => new Secret(`redis://127.0.0.1:${port}${rest}`),
    admin,
    pause: () => void process.kill('SIGSTOP'),
    resume: () => void process.kill('SIGCONT'),
    kill,
    async close() {
      admin.disconnect();
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function end(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null) return;
  process.kill('SIGKILL');
  await once(process, 'exit');
}

/**
 * A replica of another, in step with it.
 *
 * @param port where it reaches the other, if there is something between them
 */
export async function startReplica(of: RedisServer, port = of.port): Promise<RedisServer> {
  const replica = await startRedis(['--replicaof', '127.0.0.1', String(port)]);
  while (!/master_link_status:up/.test(await replica.admin.info('replication'))) await sleep(20);
  // The master counts a replica as one that can confirm when it has heard from it.
  while ((await of.admin.wait(1, 1000)) < 1) await sleep(20);
  return replica;
}
