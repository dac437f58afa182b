import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import * as z from 'zod/mini';

/** The temporary keys of an agency; empty texts where a function has none. */
export interface AgencyKeys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken: string;
}

const MESSAGE = z.union([
  z.object({ kind: z.literal('started'), loadCpuMs: z.number(), initializerCpuMs: z.number() }),
  z.object({ kind: z.literal('answered'), answer: z.string(), cpuMs: z.number(), rss: z.number() }),
  z.object({ kind: z.literal('failed'), message: z.string() }),
]);
type Message = z.output<typeof MESSAGE>;

/** A function's own failure, or that of its process. */
export class FunctionFailure extends Error {}

/** One process of a function. It works on one event at a time. */
export interface Instance {
  readonly child: ChildProcess;
  /** Sends a message, and waits for the next one. Whoever takes too long is killed. @throws {FunctionFailure} */
  ask(message: object, timeoutMs: number): Promise<Exclude<Message, { kind: 'failed' }>>;
  isGone(): boolean;
  end(): Promise<void>;
}

export interface InstanceSettings {
  /** The program of the Node that it runs on. */
  readonly node: string;
  /** The folder with `index.js`. */
  readonly codeRoot: string;
  /** Takes all that it writes. */
  readonly hear: (text: string) => void;
}

export function startInstance({ node, codeRoot, hear }: InstanceSettings): Instance {
  const child = spawn(node, [resolve('test/support/functiongraph/runtime.cjs')], {
    cwd: codeRoot,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Variables of the function are not among them.
    env: {
      RUNTIME_CODE_ROOT: codeRoot,
      RUNTIME_PROJECT_ID: '254d2280acb74d36a8b839746bcd7352',
      RUNTIME_FUNC_NAME: 'dcs-migration-watch',
      RUNTIME_PACKAGE: 'default',
      RUNTIME_FUNC_VERSION: 'latest',
      RUNTIME_HANDLER: 'index.handler',
    },
  });
  child.stdout?.on('data', (chunk) => hear(String(chunk)));
  child.stderr?.on('data', (chunk) => hear(String(chunk)));
  const closed = once(child, 'close');
  const isGone = () => child.exitCode !== null || child.signalCode !== null;

  return {
    child,
    isGone,
    async ask(message, timeoutMs) {
      const late = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
      try {
        const answer = once(child, 'message').then(([first]) => MESSAGE.parse(first));
        // A process that has just ended takes nothing any more; that is reported below.
        child.send(message, () => undefined);
        const ended = closed.then(() => {
          throw new FunctionFailure(`the process ended (${child.signalCode ?? child.exitCode})`);
        });
        const first = await Promise.race([answer, ended]);
        if (first.kind === 'failed') throw new FunctionFailure(first.message);
        return first;
      } finally {
        clearTimeout(late);
      }
    },
    async end() {
      if (!isGone()) child.kill('SIGKILL');
      await closed;
    },
  };
}
