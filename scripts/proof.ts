/**
 * Prints how three designs do in the simulation of test/proof, and writes the tables into docs/proof.md.
 * `--long` plays the real design alone, in the large numbers; `--replay CASE` plays one case, step by step.
 */
import { parseArgs } from 'node:util';
import { everyAnswer, everyDeadChannel, everyStoreFault, everyWrongClock } from '../test/proof/accidents.ts';
import { everyCrash, everyPairOfCrashes } from '../test/proof/crashes.ts';
import { manyDays } from '../test/proof/days.ts';
import { delaysAt } from '../test/proof/delays.ts';
import { everyInterleaving, OPENINGS, randomOverlaps } from '../test/proof/overlaps.ts';
import { replay, traceOf } from '../test/proof/replay.ts';
import { DESIGNS, type Design, ours } from '../test/proof/simple-designs.ts';
import { everyStall } from '../test/proof/stalls.ts';
import { createTotals, mergeTotals, type Totals } from '../test/proof/totals.ts';
import { tableOf, writeInto } from './tables.ts';

type Exploration = readonly [what: string, play: (design: Design) => Promise<Totals>];
type Row = readonly [what: string, design: Design, totals: Totals];

const EXPLORATIONS: readonly Exploration[] = [
  ['one crash, before and after every step', everyCrash],
  ['every ordered pair of crashes', everyPairOfCrashes],
  ['every interleaving of two ticks, from four openings', (design) => interleavings(design, false)],
  ['three ticks, 2,000 random schedules', (design) => overlaps(design, 2000)],
  ['a stalled run wakes after every step', everyStall],
  ['one channel is dead for ever', everyDeadChannel],
  ['every answer, at every send', everyAnswer],
  ['every fault of the store, at every request', everyStoreFault],
  ['clocks an hour off, or in 2038', async (design) => (await everyWrongClock(design)).totals],
];

const { values } = parseArgs({ options: { long: { type: 'boolean' }, replay: { type: 'string' } } });
if (values.replay !== undefined) await show(values.replay);
else if (values.long === true) judge(await longRun());
else await compare();

/** Plays a case in the words in which it was printed. */
async function show(words: string): Promise<void> {
  const simulation = await replay(ours, words);
  for (const line of traceOf(simulation)) console.log(line);
  console.log(await simulation.drain());
}

async function compare(): Promise<void> {
  const rows: Row[] = [];
  for (const [what, play] of EXPLORATIONS) {
    for (const design of DESIGNS) rows.push([what, design, await play(design)]);
  }
  rows.push(['30 days with every kind of fault', ours, await days(30)]);
  const delays = await Promise.all([0, 0.1, 0.5].map((failing) => delaysAt(failing, 'proof')));
  const lines = delays.map(({ failing, deliveries, p50, p99 }) => [
    `${failing * 100} %`,
    deliveries,
    p50,
    p99,
  ]);
  const delayTable = tableOf(['failing answers', 'deliveries', 'p50', 'p99'], lines);
  if (!judge(rows)) return;
  console.log(delayTable);
  await writeInto('docs/proof.md', { table: verdictTable(rows), delays: delayTable });
}

async function longRun(): Promise<Row[]> {
  return [
    ['three ticks, 100,000 random schedules', ours, await overlaps(ours, 100_000)],
    ['every interleaving of two ticks while the status moves on', ours, await interleavings(ours, true)],
    ['730 days with every kind of fault', ours, await days(730)],
  ];
}

async function interleavings(design: Design, moves: boolean): Promise<Totals> {
  const all = createTotals();
  for (const opening of Object.keys(OPENINGS)) {
    mergeTotals(all, (await everyInterleaving({ design, opening, moves })).totals);
  }
  return all;
}

function overlaps(design: Design, cases: number): Promise<Totals> {
  return randomOverlaps({ design, seed: 'proof', cases });
}

async function days(count: number): Promise<Totals> {
  return (await manyDays({ seed: 'proof', days: count, minutes: 1440 })).totals;
}

/** Prints the table. @returns whether the real design kept the promise in every case */
function judge(rows: readonly Row[]): boolean {
  console.log(verdictTable(rows));
  const broken = rows.flatMap(([, design, totals]) => (design === ours ? totals.broken : []));
  for (const one of broken) console.error(`broken: ${one}`);
  if (broken.length > 0) process.exitCode = 1;
  return broken.length === 0;
}

function verdictTable(rows: readonly Row[]): string {
  const head = [
    '',
    'design',
    'cases',
    'lost',
    'duplicates',
    'most',
    'unexplained',
    'out of order',
    'invented',
  ];
  const lines = rows.map(([what, design, totals]) => {
    const { cases, lost, duplicates, most, unexplained, outOfOrder, invented } = totals;
    const name = design === ours ? `**${design.name}**` : design.name;
    return [what, name, cases, lost, duplicates, most, unexplained, outOfOrder, invented];
  });
  return tableOf(head, lines);
}
