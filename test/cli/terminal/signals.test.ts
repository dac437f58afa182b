import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Env } from '../../../lib/base/env.ts';
import type { Clock } from '../../../lib/base/time/clock.ts';
import { listenToSignals } from '../../../lib/cli/terminal/signals.ts';

class Process extends EventEmitter {
  readonly ppid = process.ppid;
  readonly exits: number[] = [];
  readonly env: Env;
  constructor(env: Env) {
    super();
    this.env = env;
  }
  exit(code: number): void {
    this.exits.push(code);
  }
}

/** A process that listens, and the time since its start in milliseconds. */
function listening(env: Env = {}) {
  const source = new Process(env);
  const time = { elapsedMs: 0 };
  const clock: Clock = {
    now: () => time.elapsedMs,
    elapsed: () => time.elapsedMs,
    sleep: () => Promise.reject(new Error('nobody waits here')),
  };
  return { source, time, signals: listenToSignals(source, clock, true) };
}

describe('signals to a service', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('are a wish to stop: %s', (signal) => {
    const { source, signals } = listening();
    source.emit(signal);
    expect(signals.stopping.reason).toBe(signal);
    expect(source.exits).toEqual([]);
  });

  it('are listened to without a gap, so that a second one right behind the first ends nothing', () => {
    const { source } = listening();
    let gaps = 0;
    source.on('removeListener', () => {
      gaps += 1;
    });
    for (let i = 0; i < 3; i += 1) source.emit('SIGINT');
    expect(gaps).toBe(0);
    expect(source.listenerCount('SIGINT')).toBe(1);
    expect(source.exits).toEqual([]);
  });

  it('are one Ctrl-C within a second, and end the process at once after it', () => {
    const { source, time } = listening();
    source.emit('SIGINT');
    time.elapsedMs = 999;
    source.emit('SIGINT');
    expect(source.exits).toEqual([]);
    time.elapsedMs = 1000;
    source.emit('SIGINT');
    expect(source.exits).toEqual([130]);
  });

  it('are one Ctrl-C, however late the process that started this one passes it on', () => {
    const { source, time } = listening({ DCS_MIGRATION_WATCH_TIED: '1' });
    source.emit('SIGINT');
    time.elapsedMs = 60_000;
    source.emit('SIGINT');
    expect(source.exits).toEqual([]);
    source.emit('SIGINT');
    expect(source.exits).toEqual([130]);
  });
});
