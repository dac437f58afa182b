import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PHASES } from '../../../lib/events/phase.ts';
import type { Rule } from '../../../lib/migration/rules/context.ts';
import { applyRules, RULES } from '../../../lib/migration/rules/index.ts';
import { ruleContract } from './contract.ts';
import { begun, contextOf } from './support.ts';

const ENTRIES = PHASES.flatMap((phase) => (RULES[phase] ?? []).map((rule) => ({ phase, rule })));

for (const { phase, rule } of ENTRIES) ruleContract(phase, rule);

const FOLDER = new URL('../../../lib/migration/rules/', import.meta.url);
/** The literal, and the types of a rule. */
const NO_RULES = new Set(['index.ts', 'context.ts']);
const FILES = readdirSync(FOLDER, { withFileTypes: true })
  .filter((entry) => entry.isFile() && !NO_RULES.has(entry.name))
  .map(({ name }) => name.replace('.ts', ''));

describe('the folder of rules', () => {
  const listed: ReadonlySet<Rule> = new Set(ENTRIES.map(({ rule }) => rule));

  it.each(FILES)('has a rule in %s.ts, which is registered under the name of the file', async (file) => {
    const name = file.replaceAll(/-(\w)/g, (_all, letter: string) => letter.toUpperCase());
    const exports: Record<string, unknown> = await import(new URL(`${file}.ts`, FOLDER).href);
    expect([...listed]).toContain(exports[name]);
  });

  it.each(FILES)('has a test of %s.ts', (file) => {
    expect(existsSync(new URL(`${file}.test.ts`, import.meta.url))).toBe(true);
  });

  it('has exactly the registered rules', () => {
    expect(FILES).toHaveLength(listed.size);
  });
});

describe('the rules of a phase', () => {
  it('leave an update as it is in a phase without rules', () => {
    const update = begun('creating');
    expect(applyRules(update, contextOf({ phase: 'creating', at: 5 }))).toBe(update);
  });
});
