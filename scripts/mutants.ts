/**
 * Changes the product in every small way and sees whether its tests notice: Stryker's mutants of whole files, and every
 * clause of the conditions in SQL and of DynamoDB. Writes the table into docs/proof.md.
 *
 * `npm run mutants -- [group or part of a file's path …] [--workers N]` tries only what is named, and writes nothing.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { clauseMutants } from './mutants/clauses.ts';
import { evaluate, type Mutant, type Results, shown } from './mutants/report.ts';
import { strykerMutants } from './mutants/stryker.ts';
import { type Group, TARGETS, type Target } from './mutants/targets.ts';
import { writeInto } from './tables.ts';

const { values, positionals } = parseArgs({
  options: { workers: { type: 'string', default: '2' } },
  allowPositionals: true,
});
const workers = Number(values.workers);
const isComplete = positionals.length === 0;
const targets = TARGETS.filter(isWanted);
if (targets.length === 0) throw new Error(`nothing is called ${positionals.join(' or ')}`);

const missing = targets.flatMap(({ tests }) => tests).filter((test) => !existsSync(test));
if (missing.length > 0) throw new Error(`there is no test ${missing.join(' and no ')}`);

const results = new Map<Group, Mutant[]>();
for (const target of targets) {
  const started = performance.now();
  const mutants = [...(await strykerMutants(target, workers)), ...(await clauseMutants(target))];
  results.set(target.group, [...(results.get(target.group) ?? []), ...mutants]);
  const seconds = Math.round((performance.now() - started) / 1000);
  const left = mutants.filter(({ end }) => end === 'survived').length;
  console.log(`${target.file}: ${mutants.length} mutants, ${left} survived, ${seconds} s`);
}
await conclude(results);

function isWanted({ group, file }: Target): boolean {
  return isComplete || positionals.some((word) => word === group || file.includes(word));
}

async function conclude(found: Results): Promise<void> {
  const { table, survivors, stale } = evaluate(found);
  console.log(`\n${table}\n`);
  for (const mutant of survivors) console.error(`survived: ${shown(mutant)}`);
  for (const one of stale) console.error(`no longer an exception: ${one}`);
  if (survivors.length + stale.length > 0) process.exitCode = 1;
  else if (isComplete) await writeInto('docs/proof.md', { mutants: table });
}
