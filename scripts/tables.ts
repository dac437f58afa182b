import { readFile, writeFile } from 'node:fs/promises';

type Cells = readonly (string | number)[];

/** A table in Markdown. */
export function tableOf(head: readonly string[], lines: readonly Cells[]): string {
  const line = (cells: Cells) =>
    `| ${cells.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...lines.map(line)].join('\n');
}

/** Each part between its two marks, `<!-- name -->` and `<!-- /name -->`. */
export async function writeInto(file: string, parts: Readonly<Record<string, string>>): Promise<void> {
  let text = await readFile(file, 'utf8');
  for (const [name, part] of Object.entries(parts)) {
    const [before = '', rest = ''] = text.split(`<!-- ${name} -->`);
    const [, after = ''] = rest.split(`<!-- /${name} -->`);
    text = `${before}<!-- ${name} -->\n\n${part}\n\n<!-- /${name} -->${after}`;
  }
  await writeFile(file, text);
}
