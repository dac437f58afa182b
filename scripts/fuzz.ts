/**
 * Sends many inputs to every place where something foreign comes in; what must hold there stands in test/long/fuzz.
 *
 * `npm run fuzz -- [--runs N] [--seed N] [--border NAME] [--path PATH]`: a million inputs to each, unless set
 * otherwise. What is printed on a failure plays that one input again.
 */
import { parseArgs } from 'node:util';
import { defined } from '../lib/base/defined.ts';
import type { Exploration } from '../test/long/fuzz/border.ts';
import { BORDERS } from '../test/long/fuzz/borders.ts';
import { tableOf } from './tables.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    border: { type: 'string' },
    path: { type: 'string' },
  },
});
const [runs, seed] = [Number(values.runs), Number(values.seed)];
const borders = BORDERS.filter(({ name }) => values.border === undefined || name === values.border);
if (borders.length === 0) throw new Error(`no border is called ${values.border}`);

console.log(`seed ${seed}`);
const found: Exploration[] = [];
for (const { explore } of borders) {
  const one = await explore(defined({ runs, seed, path: values.path }));
  console.log(`${one.name}: ${one.inputs.toLocaleString('en')} inputs, ${Math.round(one.ms / 1000)} s`);
  if (one.failure !== undefined) console.error(one.failure);
  found.push(one);
}
console.log(`\n${tableOf(['border', 'inputs', 'seconds', 'how they ended', 'broken'], found.map(row))}`);
if (found.some(({ failure }) => failure !== undefined)) process.exitCode = 1;

function row({ name, inputs, ms, kinds, failure }: Exploration): (string | number)[] {
  const ends = Object.entries(kinds).map(([kind, count]) => `${kind} ${count.toLocaleString('en')}`);
  return [name, inputs, Math.round(ms / 1000), ends.join(', '), failure === undefined ? 0 : 1];
}
