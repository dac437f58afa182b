/**
 * Prints how three designs do in the simulation of test/proof, and writes the tables into docs/proof.md.
 * `--settings` plays the days in other settings alone, and writes their table.
 * `--long` plays the real design alone, in the large numbers and on every store; `--replay CASE` plays one case, step by
 * step, of the real design or of another one (`--design "save, then send"`).
 */
import { parseArgs } from 'node:util';
import { everyAnswer, everyLookFault, everyStoreFault } from '../test/long/proof/accidents.ts';
import { everyCrashWhenBusy } from '../test/long/proof/busy.ts';
import { everyWrongClock } from '../test/long/proof/clocks.ts';
import { everyCrash, everyPairOfCrashes } from '../test/long/proof/crashes.ts';
import { manyDays } from '../test/long/proof/days.ts';
import { type Delays, delaysAt } from '../test/long/proof/delays.ts';
import { FAULT_KINDS } from '../test/long/proof/faults.ts';
import { everyDeadChannel, everyOutage } from '../test/long/proof/outages.ts';
import { everyInterleaving, OPENINGS, randomOverlaps } from '../test/long/proof/overlaps.ts';
import { replay, traceOf } from '../test/long/proof/replay.ts';
import { ACCIDENTS, SETTINGS, type Setting } from '../test/long/proof/settings.ts';
import { DESIGNS, type Design, ours } from '../test/long/proof/simple-designs.ts';
import { everyStall } from '../test/long/proof/stalls.ts';
import { type OpenStore, withDynamo, withSqlite } from '../test/long/proof/stores.ts';
import { createTotals, lineOf, mergeTotals, type Totals } from '../test/long/proof/totals.ts';
import { tableOf, writeInto } from './tables.ts';

type Exploration = readonly [what: string, play: (design: Design) => Promise<Totals>];
type Row = readonly [what: string, design: Design, totals: Totals];

const EXPLORATIONS: readonly Exploration[] = [
  ['one crash, before and after every step', everyCrash],
  ['every ordered pair of crashes', everyPairOfCrashes],
  ['one crash at every step of a busy half an hour', everyCrashWhenBusy],
  ['every interleaving of two ticks, from seven openings', (design) => interleavings(design, false)],
  ['three ticks, 2,000 random schedules', (design) => overlaps(design, 2000)],
  ['a stalled run wakes after every step', everyStall],
  ['one channel is dead for ever, beside others and alone', everyDeadChannel],
  ['one channel is away for two hours', async (design) => (await everyOutage(design)).totals],
  ['every answer, at every send', everyAnswer],
  ['every failed look, at every look', everyLookFault],
  ['every fault of the store, at every request', everyStoreFault],
  ['clocks an hour off, or in 2038', async (design) => (await everyWrongClock(design)).totals],
];
const VERDICT = [
  '',
  'cases',
  'lost',
  'duplicates',
  'most',
  'unexplained',
  'out of order',
  'invented',
] as const;
const FAILING = [0, 0.1, 0.5] as const;
const WEEK = 7 * 1440;
/** Enough to see what a step gave; whole records are longer. */
const LINE_LENGTH = 240;

const { values } = parseArgs({
  options: {
    long: { type: 'boolean' },
    settings: { type: 'boolean' },
    replay: { type: 'string' },
    design: { type: 'string' },
  },
});
if (values.replay !== undefined) await show(values.replay, values.design);
else if (values.long === true) printResult(await longRun());
else if (values.settings === true) await playSettings();
else await compare();

/** Plays a case in the words in which it was printed. */
async function show(words: string, name: string = ours.name): Promise<void> {
  const design = DESIGNS.find((one) => one.name === name);
  if (design === undefined) throw new Error(`no design is called ${name}`);
  const simulation = await replay(design, words);
  for (const line of traceOf(simulation)) console.log(line.slice(0, LINE_LENGTH));
  console.log(await simulation.drain());
}

async function compare(): Promise<void> {
  const rows: Row[] = [];
  for (const [what, play] of EXPLORATIONS) {
    for (const design of DESIGNS) {
      const totals = await play(design);
      rows.push([what, design, totals]);
      console.error(`${what}, ${design.name}: ${totals.cases.toLocaleString('en')} cases`);
    }
  }
  rows.push(['30 days with every kind of fault', ours, await days(30)]);
  const delays = await Promise.all(
    FAILING.map((failing) => delaysAt(failing, { seed: 'proof', minutes: WEEK })),
  );
  const fired = faultTable(rows);
  if (!printResult(rows)) return;
  console.log(`${delayTable(delays)}\n${fired}`);
  await writeInto('docs/proof.md', { table: resultTable(rows), delays: delayTable(delays), faults: fired });
  await playSettings();
}

/** Plays the days in other settings, and writes their table if the promise is kept in all. */
async function playSettings(): Promise<void> {
  const rows: Row[] = [];
  const lines: (string | number)[][] = [];
  for (const { name, play, strikes } of Object.values<Setting>(SETTINGS)) {
    const totals = await play();
    const { cases, deliveries, lost, duplicates, most, unexplained, outOfOrder, invented } = totals;
    const struck = [...strikes, ...ACCIDENTS].map((kind) => timesIn(totals, kind)).join(' · ');
    rows.push([name, ours, totals]);
    lines.push([name, cases, deliveries, lost, duplicates, most, unexplained, outOfOrder, invented, struck]);
  }
  if (!printResult(rows)) return;
  const [first, second, ...rest] = VERDICT;
  await writeInto('docs/proof.md', {
    settings: tableOf([first, second, 'deliveries', ...rest, 'what struck, how often'], lines),
  });
}

async function longRun(): Promise<Row[]> {
  const onStore = async (open: OpenStore, cases: number, dayCount: number): Promise<Totals> => {
    const all = await randomOverlaps({ design: ours, seed: 'store', cases, store: open });
    const { totals } = await manyDays({ seed: 'store', days: dayCount, minutes: 1440, store: open });
    mergeTotals(all, totals);
    return all;
  };
  return [
    ['three ticks, 100,000 random schedules', ours, await overlaps(ours, 100_000)],
    ['every interleaving of two ticks while the status moves on', ours, await interleavings(ours, true)],
    ['730 days with every kind of fault', ours, await days(730)],
    ['5,000 schedules and 20 days on SQLite', ours, await withSqlite((open) => onStore(open, 5000, 20))],
    [
      '1,000 schedules and 4 days on the DynamoDB API',
      ours,
      await withDynamo((open) => onStore(open, 1000, 4)),
    ],
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
function printResult(rows: readonly Row[]): boolean {
  console.log(resultTable(rows));
  const broken = rows.flatMap(([, design, totals]) => (design === ours ? totals.broken.map(lineOf) : []));
  for (const one of broken) console.error(`broken: ${one}`);
  if (broken.length > 0) process.exitCode = 1;
  return broken.length === 0;
}

function resultTable(rows: readonly Row[]): string {
  const [first, ...rest] = VERDICT;
  const head = [first, 'design', ...rest];
  const lines = rows.map(([what, design, totals]) => {
    const { cases, lost, duplicates, most, unexplained, outOfOrder, invented } = totals;
    const name = design === ours ? `**${design.name}**` : design.name;
    return [what, name, cases, lost, duplicates, most, unexplained, outOfOrder, invented];
  });
  return tableOf(head, lines);
}

function delayTable(delays: readonly Delays[]): string {
  const lines = delays.map(({ failing, deliveries, p50, p99 }) => [
    `${failing * 100} %`,
    deliveries,
    p50,
    p99,
  ]);
  return tableOf(['failing answers', 'deliveries', 'p50', 'p99'], lines);
}

/** How often each fault struck the real design, and what came of it. @throws {Error} when one never did */
function faultTable(rows: readonly Row[]): string {
  const all = createTotals();
  for (const [, design, totals] of rows) if (design === ours) mergeTotals(all, totals);
  const lines = Object.entries(FAULT_KINDS).map(([where, kinds]) => {
    const prefix = kinds[0]?.split(': ')[0] ?? '';
    const shared = kinds.every((kind) => kind.startsWith(`${prefix}: `)) ? prefix.length + 2 : 0;
    return [where, kinds.map((kind) => timesIn(all, kind).slice(shared)).join(' · ')];
  });
  return tableOf(['', 'how often'], lines);
}

/** How often something struck. @throws {Error} when it never did */
function timesIn({ fired }: Totals, kind: string): string {
  const count = fired.get(kind);
  if (count === undefined) throw new Error(`this never happened: ${kind}`);
  return `${kind} ${count.toLocaleString('en')}`;
}
