/** One place where a run waits: a call to the store, a look, a request, a sleep. Nothing happens until it is chosen. */
export interface Step {
  readonly run: number;
  /** For people who read a schedule: `save task:task-1`. */
  readonly name: string;
  /** What is asked for, where the name does not say all of it: the item to save, the body to send. */
  readonly asked?: unknown;
}

/** How a step ends: with its answer; or the run stops for ever, with the effect made or not. */
export type Ending = 'answered' | 'dies before' | 'dies after';

/** The hook through which everything that a run does goes. */
export type Gate = <T>(name: string, effect: () => T | Promise<T>, asked?: unknown) => Promise<T>;

/** The end of a run. `dead` never settles, as when a process is killed. */
export type RunState = 'running' | 'ended' | 'dead';

/**
 * Owns every await point of all runs, so that a schedule is a list of choices. Steps that are pending at the same time
 * are offered in the order of runs, and within a run in the order in which they were asked for.
 */
export interface Scheduler {
  /** Starts a run and lets it go on to its first steps. @returns its number, from 0 */
  start(work: (gate: Gate, run: number) => Promise<unknown>): Promise<number>;
  /** The steps that may be chosen now; those of frozen runs are left out. */
  pending(): readonly Step[];
  /** Makes a step, then lets its run go on to its next ones. */
  take(step: Step, ending?: Ending): Promise<void>;
  /** A frozen run is a stalled process: its steps wait until it is thawed. */
  freeze(run: number): void;
  thaw(run: number): void;
  stateOf(run: number): RunState;
  /** What each run threw, if it did. */
  failureOf(run: number): unknown;
  /** Every step taken so far with what it gave, in order. */
  readonly taken: readonly TakenStep[];
}

export interface TakenStep extends Step {
  readonly ending: Ending;
  readonly result: string;
}

interface Waiting extends Step {
  effect(): Promise<void>;
  answer(): void;
  result: string;
}

interface Run {
  state: RunState;
  frozen: boolean;
  failure: unknown;
  readonly waiting: Waiting[];
}

/** @param digest how the result of a step is remembered */
export function createScheduler(digest: (value: unknown, run: number) => string): Scheduler {
  const runs: Run[] = [];
  /** Those that can still make steps, in the order in which they began: of thousands at most a few. */
  const alive = new Set<Run>();
  const taken: TakenStep[] = [];

  const gateOf =
    (run: Run, number: number): Gate =>
    (name, effect, asked) =>
      new Promise((resolve, reject) => {
        if (run.state === 'dead') return;
        let settle = () => {};
        const waiting: Waiting = {
          run: number,
          name,
          asked,
          result: '',
          async effect() {
            try {
              const value = await effect();
              waiting.result = digest(value, number);
              settle = () => resolve(value);
            } catch (error) {
              waiting.result = `! ${error instanceof Error ? error.message : 'unknown'}`;
              settle = () => reject(error);
            }
          },
          answer: () => settle(),
        };
        run.waiting.push(waiting);
      });

  const find = (step: Step): { run: Run; waiting: Waiting } => {
    const run = runs[step.run];
    const waiting = run?.waiting.find((one) => one === step);
    if (run === undefined || waiting === undefined) throw new Error(`${step.name} is not pending`);
    return { run, waiting };
  };

  return {
    taken,

    async start(work) {
      const run: Run = { state: 'running', frozen: false, failure: undefined, waiting: [] };
      const number = runs.push(run) - 1;
      alive.add(run);
      const ended = () => {
        run.state = 'ended';
        alive.delete(run);
      };
      work(gateOf(run, number), number).then(ended, (error: unknown) => {
        run.failure = error;
        ended();
      });
      await quiet();
      return number;
    },

    pending: () => [...alive].flatMap((run) => (run.frozen ? [] : run.waiting)),

    async take(step, ending = 'answered') {
      const { run, waiting } = find(step);
      run.waiting.splice(run.waiting.indexOf(waiting), 1);
      if (ending !== 'dies before') await waiting.effect();
      taken.push({ run: step.run, name: step.name, ending, result: waiting.result });
      if (ending === 'answered') waiting.answer();
      else {
        kill(run);
        alive.delete(run);
      }
      await quiet();
    },

    freeze(run) {
      const stalled = runs[run];
      if (stalled !== undefined) stalled.frozen = true;
    },
    thaw(run) {
      const stalled = runs[run];
      if (stalled !== undefined) stalled.frozen = false;
    },
    stateOf: (run) => runs[run]?.state ?? 'dead',
    failureOf: (run) => runs[run]?.failure,
  };
}

/** The promises of a dead run are dropped: nothing refers to them any more, and nothing of it ever goes on. */
function kill(run: Run): void {
  run.state = 'dead';
  run.waiting.length = 0;
}

/** Between two steps there are only microtasks. When a macrotask gets its turn, every run stands at its next steps. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
