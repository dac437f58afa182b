import ts from 'typescript';
import type { Source } from './source.ts';

/** A mutant that no test can tell from the product; all others must be killed. */
export interface Exception {
  readonly file: string;
  /** The line that the comment is about, and the last one of a text that begins there. */
  readonly lines: readonly [first: number, last: number];
  readonly from: string;
  readonly to: string;
  readonly why: string;
}

/** The comment that stands on the line before: what may be changed, into what, and why nobody notices. */
const COMMENT = /^\s*\/\/ Mutant survives, `(.+)` → (?:`(.+)`|nothing): (.+)$/;

/** The exceptions of a file, as its comments name them. */
export function exceptionsIn({ file, lines, text }: Source): Exception[] {
  const ends = endsOfTexts(text);
  return lines.flatMap((line, index) => {
    const [comment, from, to = '', why] = COMMENT.exec(line) ?? [];
    if (comment === undefined || from === undefined || why === undefined) return [];
    const first = lineOfCode(lines, index);
    return [{ file, lines: [first, ends.get(first) ?? first], from, to, why }];
  });
}

/** The first line after the comments; it counts from 1. */
function lineOfCode(lines: readonly string[], comment: number): number {
  const after = lines.findIndex((line, index) => index > comment && !/^\s*\/\//.test(line));
  return after + 1;
}

/** The last line of each text that begins on a line: no comment can stand inside one. */
function endsOfTexts(text: string): ReadonlyMap<number, number> {
  const tree = ts.createSourceFile('product.ts', text, ts.ScriptTarget.Latest, true);
  const ends = new Map<number, number>();
  const lineAt = (offset: number) => tree.getLineAndCharacterOfPosition(offset).line + 1;
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node))
      ends.set(lineAt(node.getStart()), lineAt(node.getEnd()));
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return ends;
}
