import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { CheckupSection, Finding } from '../../lib/checkup/finding.ts';
import { tableOf } from '../support/markdown.ts';
import { ACCESS_KEY, SECRET_KEY, SIGNING_SECRET } from '../support/world.ts';
import { MISTAKES, type Mistake } from './mistakes.ts';

const DOCS = new URL('../../docs/troubleshooting.md', import.meta.url);
const ROWS = new Map(
  tableOf(readFileSync(DOCS, 'utf8'), 'mistakes').map(([name = '', ...cells]) => [name, cells]),
);

/** What differs from machine to machine. */
function general(text: string): string {
  return text
    .replaceAll(/(?:127\.0\.0\.1|localhost):\d+/g, 'HOST:PORT')
    .replaceAll(/\/(?:tmp|var)\/[\w./-]+/g, 'FILE')
    .replaceAll('|', '\\|');
}

/** The cells of a mistake in the documentation. */
function cellsOf({ words, advice = '' }: Finding): string[] {
  return [general(words), general(advice)];
}

function found(sections: readonly CheckupSection[], { at: [kind, what], outcome }: Mistake): Finding[] {
  return sections
    .filter((section) => section.kind === kind)
    .flatMap(({ findings }) =>
      findings.filter((one) => one.what === what && one.outcome === (outcome ?? 'problem')),
    );
}

const seen: string[][] = [];

describe('check finds', () => {
  it.each(MISTAKES)('$name', async (mistake) => {
    const sections = await mistake.make();
    const [finding, ...others] = found(sections, mistake);
    if (finding === undefined) throw new Error(`not found in ${JSON.stringify(sections, null, 2)}`);
    expect(others).toEqual([]);
    expect(finding.advice).toMatch(/^[A-Z][\s\S]{5,}[.?…]$/);
    seen.push([mistake.name, ...cellsOf(finding)]);
    const all = JSON.stringify(sections);
    for (const secret of [SECRET_KEY, SIGNING_SECRET, ACCESS_KEY]) expect(all).not.toContain(secret);
    if (process.env['MISTAKES'] !== 'write') expect(cellsOf(finding)).toEqual(ROWS.get(mistake.name));
  });

  it('every mistake of the documentation', () => {
    if (process.env['MISTAKES'] !== 'write')
      expect([...ROWS.keys()]).toEqual(MISTAKES.map(({ name }) => name));
  });
});

/** `MISTAKES=write npx vitest run test/checkup/mistakes` writes the table anew. */
afterAll(() => {
  if (process.env['MISTAKES'] !== 'write') return;
  const rows = seen.map((cells) => `| ${cells.join(' | ')} |`);
  const table = ['| mistake | what check says | what to do |', '|---|---|---|', ...rows].join('\n');
  const text = readFileSync(DOCS, 'utf8');
  writeFileSync(
    DOCS,
    text.replace(
      /<!-- mistakes -->[\s\S]*<!-- \/mistakes -->/,
      () => `<!-- mistakes -->\n\n${table}\n\n<!-- /mistakes -->`,
    ),
  );
});
