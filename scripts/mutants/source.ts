import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** A file of ours and where things stand in it. Lines and columns count from 1, offsets from 0. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** First and last line of a top-level declaration, its comment not counted. */
  linesOf(name: string): readonly [number, number];
  /** The text of a string constant, as it is written between its quotes, and its offset. */
  stringOf(name: string): { readonly text: string; readonly offset: number };
}

/** @throws {TypeError} when a name that is asked for is not there */
export function readSource(file: string): Source {
  const text = readFileSync(file, 'utf8');
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const lineAt = (offset: number) => tree.getLineAndCharacterOfPosition(offset).line + 1;

  return {
    file,
    text,
    lines: text.split('\n'),

    linesOf(name) {
      const statement = tree.statements.find((one) => namesIn(one).includes(name));
      if (statement === undefined) throw new TypeError(`${file} declares no ${name}`);
      return [lineAt(statement.getStart()), lineAt(statement.getEnd())];
    },

    stringOf(name) {
      const value = constantsIn(tree.statements).find((one) => one.name.getText() === name)?.initializer;
      if (value === undefined || !(ts.isStringLiteral(value) || ts.isTemplateLiteral(value))) {
        throw new TypeError(`${file} has no text ${name}`);
      }
      return { text: value.getText().slice(1, -1), offset: value.getStart() + 1 };
    },
  };
}

function constantsIn(statements: readonly ts.Statement[]): readonly ts.VariableDeclaration[] {
  return statements.filter(ts.isVariableStatement).flatMap((one) => [...one.declarationList.declarations]);
}

function namesIn(statement: ts.Statement): readonly string[] {
  if (ts.isFunctionDeclaration(statement)) return [statement.name?.getText() ?? ''];
  return constantsIn([statement]).map(({ name }) => name.getText());
}
