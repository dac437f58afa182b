import { randomUUID } from 'node:crypto';
import { type AgencyKeys, FunctionFailure, type Instance, startInstance } from './instance.ts';

export interface FunctionSettings {
  readonly node: string;
  readonly codeRoot: string;
  /** Asked anew for each call: the platform renews keys as it likes. */
  readonly keys: () => AgencyKeys;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly initializerTimeoutMs?: number;
  /** How far the clock of an instance that is started now is ahead: by a lease that nobody waits for. */
  readonly clockAheadMs?: () => number;
}

/** Milliseconds of CPU, and bytes of memory after the call. */
export interface Cost {
  readonly loadCpuMs?: number;
  readonly initializerCpuMs?: number;
  readonly cpuMs: number;
  readonly rss: number;
}

/** A function of FunctionGraph, on this machine. */
export interface CloudFunction {
  /**
   * An event of the timer. A free instance takes it, else a new one.
   *
   * @throws {FunctionFailure} when the function fails, or its time is over
   */
  tick(): Promise<unknown>;
  /** Any other event, as an asynchronous invocation has one. @throws {FunctionFailure} as `tick` does */
  invoke(event: unknown): Promise<unknown>;
  /** How many processes were started. */
  readonly starts: number;
  readonly costs: readonly Cost[];
  /** All that its processes wrote. */
  log(): string;
  /** Nobody needs its instances any more: the next event starts another. */
  dropInstances(): Promise<void>;
}

/** The documents: a failing initializer is tried up to three times. */
const MOST_INITIALIZATIONS = 3;

export function createFunction({
  node,
  codeRoot,
  keys,
  variables,
  timeoutMs = 120_000,
  initializerTimeoutMs = 30_000,
  clockAheadMs = () => 0,
}: FunctionSettings): CloudFunction {
  const idle: Instance[] = [];
  const all: Instance[] = [];
  const costs: Cost[] = [];
  let text = '';

  const contextFor = (remainingMs: number) => ({
    requestId: randomUUID(),
    remainingMs,
    variables,
    keys: keys(),
  });

  async function cold(): Promise<{ instance: Instance; cost: Partial<Cost> }> {
    for (let nth = 1; ; nth += 1) {
      const instance = startInstance({
        node,
        codeRoot,
        hear: (words) => {
          text += words;
        },
      });
      all.push(instance);
      try {
        const context = contextFor(initializerTimeoutMs);
        const message = { kind: 'start', context, initializer: 'initializer', clockAheadMs: clockAheadMs() };
        const started = await instance.ask(message, initializerTimeoutMs);
        if (started.kind !== 'started') throw new TypeError('it did not start');
        const { loadCpuMs, initializerCpuMs } = started;
        return { instance, cost: { loadCpuMs, initializerCpuMs } };
      } catch (error) {
        await instance.end();
        if (!(error instanceof FunctionFailure) || nth === MOST_INITIALIZATIONS) throw error;
      }
    }
  }

  async function invoke(event: unknown): Promise<unknown> {
    const warm = idle.pop();
    const { instance, cost } = warm === undefined ? await cold() : { instance: warm, cost: {} };
    const message = {
      kind: 'event',
      context: contextFor(timeoutMs),
      event,
      handler: 'handler',
    };
    try {
      const answered = await instance.ask(message, timeoutMs);
      if (answered.kind !== 'answered') throw new TypeError('it did not answer');
      costs.push({ ...cost, cpuMs: answered.cpuMs, rss: answered.rss });
      return JSON.parse(answered.answer);
    } finally {
      if (!instance.isGone()) idle.push(instance);
    }
  }

  return {
    get starts() {
      return all.length;
    },
    costs,
    log: () => text,
    tick: () => invoke(timerEvent()),
    invoke,
    async dropInstances() {
      idle.length = 0;
      await Promise.all(all.map((instance) => instance.end()));
    },
  };
}

/** As the page about timer triggers shows it: `user_event` is a text. */
function timerEvent() {
  return {
    version: 'v1.0',
    time: `${new Date().toISOString().slice(0, 19)}+00:00`,
    trigger_type: 'TIMER',
    trigger_name: 'every-minute',
    user_event: 'tick',
  };
}
