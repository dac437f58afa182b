import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';

/** A place where something foreign comes in: what may come, what becomes of it, and what must hold then. */
export interface Border<Input, Output> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<Input>;
  /** The part of the product that stands there. Never throws but what it says it throws. */
  readonly read: (input: Input) => Output | Promise<Output>;
  /**
   * Throws where a promise is broken: a secret that comes out, an output without a bound, a line that is more than one.
   *
   * @returns which kind of output it is
   */
  readonly classify: (output: Output, input: Input) => string;
  /** The part of an output that must be the same the next time; by default all of it. */
  readonly lasting?: (output: Output) => unknown;
  /** The least share of the inputs that must end as each kind: of what is never reached nothing is shown. */
  readonly kinds: Readonly<Record<string, number>>;
  /** The part of all inputs that it gets, if it is slower than others by far. */
  readonly share?: number;
}

/** What became of many inputs. */
export interface Exploration {
  readonly name: string;
  readonly inputs: number;
  readonly seed: number;
  /** How many inputs ended as each kind. */
  readonly kinds: Readonly<Record<string, number>>;
  /** Milliseconds. */
  readonly ms: number;
  /** What is wrong, with the smallest input that shows it and the words that play it again. */
  readonly failure?: string;
}

export interface Exploring {
  /** How many inputs. */
  readonly runs: number;
  /** The same one makes the same inputs for ever. */
  readonly seed: number;
  /** To one input of this seed: plays that one alone. */
  readonly path?: string;
}

/** Sends inputs to a border, each twice: the same input must have the same end. */
export async function explore<Input, Output>(
  border: Border<Input, Output>,
  { runs, seed, path }: Exploring,
): Promise<Exploration> {
  const started = performance.now();
  const kinds: Record<string, number> = Object.fromEntries(
    Object.keys(border.kinds).map((kind) => [kind, 0]),
  );
  const lasting = border.lasting ?? ((output: Output) => output);
  const property = fc.asyncProperty(border.inputs, async (input) => {
    const output = await border.read(input);
    if (!isDeepStrictEqual(lasting(await border.read(input)), lasting(output)))
      throw new Error('it ends otherwise the next time');
    const kind = border.classify(output, input);
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  });
  const numRuns = Math.ceil(runs * (border.share ?? 1));
  const details = await fc.check(property, { numRuns, seed, ...(path !== undefined && { path }) });
  const failure = details.failed
    ? failureIn(border.name, details)
    : rarity(border.kinds, kinds, details.numRuns, path);
  return {
    name: border.name,
    inputs: details.numRuns,
    seed,
    kinds,
    ms: performance.now() - started,
    ...(failure !== undefined && { failure }),
  };
}

/** Characters of an input that a failure shows: its path plays all of it again. */
const LONGEST_SHOWN = 2000;

interface Failed {
  readonly counterexample: readonly unknown[] | null;
  readonly counterexamplePath: string | null;
  readonly errorInstance: unknown;
  readonly seed: number;
}

function failureIn(
  name: string,
  { counterexample, counterexamplePath, errorInstance, seed }: Failed,
): string {
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const input = fc.stringify(counterexample?.[0]).slice(0, LONGEST_SHOWN);
  const replay = `npm run fuzz -- --border "${name}" --seed ${seed} --path "${counterexamplePath}"`;
  return `${name}: ${why}\n  input: ${input}\n  again: ${replay}`;
}

/** @returns what is wrong when some kind was hardly ever reached, although there were inputs enough */
function rarity(
  least: Readonly<Record<string, number>>,
  kinds: Readonly<Record<string, number>>,
  runs: number,
  path: string | undefined,
): string | undefined {
  if (path !== undefined || runs < 100) return undefined;
  const rare = Object.entries(least).filter(([kind, share]) => (kinds[kind] ?? 0) < share * runs);
  return rare.length === 0
    ? undefined
    : `hardly any input ended as: ${rare.map(([kind]) => kind).join(', ')}`;
}
