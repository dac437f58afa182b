/** The cells of a table that stands between `<!-- name -->` and `<!-- /name -->`, row by row, without its header. */
export function tableOf(markdown: string, name: string): string[][] {
  const [, part = ''] =
    new RegExp(`<!-- ${name} -->\\s*([\\s\\S]*?)\\s*<!-- /${name} -->`).exec(markdown) ?? [];
  const [, , ...rows] = part.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  if (rows.length === 0) throw new Error(`there is no table ${name}`);
  return rows;
}

/** The section under a heading, up to the next heading of the same level. */
export function sectionOf(markdown: string, heading: string): string {
  const [, section] = markdown.split(`\n## ${heading}\n`);
  if (section === undefined) throw new Error(`there is no section ${heading}`);
  return section.split('\n## ')[0] ?? '';
}

/** List items with their continued lines, of which each begins with such a mark. */
export function itemsOf(markdown: string, mark: RegExp): string[] {
  const lines = markdown.split('\n');
  return lines.flatMap((line, index) => {
    if (!mark.test(line)) return [];
    const rest = lines.slice(index + 1);
    const end = rest.findIndex((next) => !/^ +\S/.test(next));
    return [
      [line.replace(mark, ''), ...rest.slice(0, end === -1 ? rest.length : end)]
        .map((part) => part.trim())
        .join(' '),
    ];
  });
}

/** Text without the marks of bold print, and without its full stop. */
export function plain(text: string): string {
  return text.replaceAll('**', '').replace(/\.$/, '');
}
