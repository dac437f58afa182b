/**
 * Prints how three designs do in the simulation of test/proof, and writes the table into docs/proof.md.
 * With `--long`, the real design alone in the large numbers.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { everyCrash, everyPairOfCrashes } from '../test/proof/crashes.ts';
import { manyDays } from '../test/proof/days.ts';
import { everyInterleaving, OPENINGS, randomOverlaps } from '../test/proof/overlaps.ts';
import { DESIGNS, ours } from '../test/proof/simple-designs.ts';
import { everyStall } from '../test/proof/stalls.ts';
import type { Totals } from '../test/proof/totals.ts';

type Row = readonly [what: string, design: string, totals: Totals];

const isLong = process.argv.includes('--long');
const rows: Row[] = isLong ? await longRun() : await comparison();
const table = tableOf(rows);
console.log(table);
const broken = rows.filter(([, design]) => design === ours.name).flatMap(([, , totals]) => totals.broken);
for (const one of broken) console.error(`broken: ${one}`);
if (broken.length > 0) process.exitCode = 1;
else if (!isLong) await writeInto('docs/proof.md', table);

async function comparison(): Promise<Row[]> {
  const all: Row[] = [];
  for (const design of DESIGNS) {
    all.push(['one crash, at every step', design.name, await everyCrash(design)]);
    all.push(['every pair of crashes', design.name, await everyPairOfCrashes(design)]);
    for (const opening of Object.keys(OPENINGS)) {
      const { totals } = await everyInterleaving({ design, opening, moves: false });
      all.push([`every interleaving of two ticks: ${opening}`, design.name, totals]);
    }
    all.push(['a stalled run wakes at every step', design.name, await everyStall(design)]);
    const overlaps = await randomOverlaps({ design, seed: 'proof', cases: 2000 });
    all.push(['three ticks, 2,000 random schedules', design.name, overlaps]);
  }
  const { totals } = await manyDays({ seed: 'proof', days: 10, minutes: 1440 });
  all.push(['10 days with every kind of fault', ours.name, totals]);
  return all.toSorted(([a], [b]) => (a < b ? -1 : Number(a > b)));
}

async function longRun(): Promise<Row[]> {
  const overlaps = await randomOverlaps({ design: ours, seed: 'long', cases: 100_000 });
  const { totals } = await manyDays({ seed: 'long', days: 365, minutes: 1440 });
  return [
    ['three ticks, 100,000 random schedules', ours.name, overlaps],
    ['365 days with every kind of fault', ours.name, totals],
  ];
}

function tableOf(all: readonly Row[]): string {
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
  const body = all.map(([what, design, totals]) => {
    const { cases, lost, duplicates, most, unexplained, outOfOrder, invented } = totals;
    const name = design === ours.name ? `**${design}**` : design;
    return [what, name, ...[cases, lost, duplicates, most, unexplained, outOfOrder, invented].map(String)];
  });
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
}

/** Between the two marks of a document. */
async function writeInto(file: string, table: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const [before, rest = ''] = text.split('<!-- table -->');
  const [, after = ''] = rest.split('<!-- /table -->');
  await writeFile(file, `${before}<!-- table -->\n\n${table}\n\n<!-- /table -->${after}`);
}
