import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import * as z from 'zod/mini';
import { CHROMIUM } from './chromium.ts';

const MESSAGE = z.object({
  id: z.optional(z.number()),
  sessionId: z.optional(z.string()),
  method: z.optional(z.string()),
  params: z.optional(z.record(z.string(), z.unknown())),
  result: z.optional(z.record(z.string(), z.unknown())),
  error: z.optional(z.object({ message: z.string() })),
});

type Params = Readonly<Record<string, unknown>>;
type Heard = (method: string, params: Params) => void;

/** A tab of a browser, driven by the Chrome DevTools Protocol. */
export interface Tab {
  send(method: string, params?: Params): Promise<Params>;
  /** The value of an expression, which runs whatever the policy of the page forbids. */
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface Browser {
  /** @param heard is called with each event of the tab */
  open(heard: Heard): Promise<Tab>;
  close(): Promise<void>;
}

/** Ends each message on the pipe (Chromium, `--remote-debugging-pipe`). */
const END = '\0';

/** A browser without a window; it listens nowhere. */
export async function startBrowser(): Promise<Browser> {
  const folder = await mkdtemp(join(tmpdir(), 'dcs-migration-watch-browser-'));
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--hide-scrollbars',
    '--remote-debugging-pipe',
  ];
  const child = spawn(CHROMIUM, [...flags, '--disable-lcd-text', `--user-data-dir=${folder}`], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const pipe = pipeOf(child);
  return {
    open: (heard) => openTab(pipe, heard),
    async close() {
      const gone = once(child, 'exit');
      await pipe.send('Browser.close', {}).catch(() => undefined);
      await gone;
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

interface Pipe {
  send(method: string, params: Params, sessionId?: string): Promise<Params>;
  hear(sessionId: string, heard: Heard): void;
}

interface Waiting {
  resolve(result: Params): void;
  reject(error: Error): void;
}

function pipeOf(child: ChildProcess): Pipe {
  const [, , , into, out] = child.stdio;
  if (!(into instanceof Writable && out instanceof Readable)) throw new TypeError('a browser without pipes');
  const waiting = new Map<number, Waiting>();
  const listeners = new Map<string, Heard>();
  let last = 0;
  let rest = '';
  out.setEncoding('utf8').on('data', (chunk: string) => {
    const messages = (rest + chunk).split(END);
    rest = messages.pop() ?? '';
    for (const message of messages) receive(message);
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('the browser has ended'));
  });

  function receive(text: string): void {
    const { id, sessionId = '', method, params = {}, result = {}, error } = MESSAGE.parse(JSON.parse(text));
    if (method !== undefined) listeners.get(sessionId)?.(method, params);
    if (id === undefined) return;
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) asked?.resolve(result);
    else asked?.reject(new Error(error.message));
  }

  return {
    send: (method, params, sessionId) =>
      new Promise((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        into.write(`${JSON.stringify({ id: last, method, params, sessionId })}${END}`);
      }),
    hear: (sessionId, heard) => listeners.set(sessionId, heard),
  };
}

const TARGET = z.object({ targetId: z.string() });
const SESSION = z.object({ sessionId: z.string() });
const VALUE = z.object({
  result: z.object({ value: z.optional(z.unknown()) }),
  exceptionDetails: z.optional(z.unknown()),
});

async function openTab(pipe: Pipe, heard: Heard): Promise<Tab> {
  const { targetId } = TARGET.parse(await pipe.send('Target.createTarget', { url: 'about:blank' }));
  const { sessionId } = SESSION.parse(await pipe.send('Target.attachToTarget', { targetId, flatten: true }));
  pipe.hear(sessionId, heard);
  const send: Tab['send'] = (method, params = {}) => pipe.send(method, params, sessionId);
  for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'Security']) await send(`${domain}.enable`);
  return {
    send,
    async evaluate(expression) {
      const answer = VALUE.parse(
        await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }),
      );
      if (answer.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails));
      return answer.result.value;
    },
    close: async () => {
      await pipe.send('Target.closeTarget', { targetId });
    },
  };
}
