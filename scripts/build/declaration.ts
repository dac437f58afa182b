import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

/**
 * The types of an entry point as one file that imports nothing: the declarations that its exports need, from whatever file,
 * and no others.
 *
 * @throws {Error} where a declaration needs a type that it does not spell out, or two have one name
 */
export function declarationOf(entry: string): string {
  const declarations = new Map<string, ts.Statement>();
  const exported = collect(entry, declarations, new Set());
  const needed = closureOf(exported, declarations);
  const texts = [...needed].map((statement) => textOf(statement));
  return `${texts.join('\n')}\nexport { ${exported.join(', ')} };\n`;
}

/** @returns the names that the file exports */
function collect(file: string, declarations: Map<string, ts.Statement>, seen: Set<string>): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const exported: string[] = [];
  for (const statement of declarationsIn(file).statements) {
    const target = targetOf(statement, file);
    if (target !== undefined) collect(target, declarations, seen);
    if (ts.isExportDeclaration(statement)) exported.push(...namesIn(statement));
    for (const name of namesOf(statement)) {
      if (declarations.has(name)) throw new Error(`two declarations are called ${name}`);
      declarations.set(name, statement);
      if (isExported(statement)) exported.push(name);
    }
  }
  return exported;
}

function declarationsIn(file: string): ts.SourceFile {
  const { outputText, diagnostics = [] } = ts.transpileDeclaration(readFileSync(file, 'utf8'), {
    fileName: file,
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2024, isolatedDeclarations: true, declaration: true },
  });
  const [problem] = diagnostics;
  if (problem !== undefined) {
    throw new Error(`${file}: ${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}`);
  }
  return ts.createSourceFile(file, outputText, ts.ScriptTarget.ES2024, true);
}

/** The file of our own that a statement imports or exports from. */
function targetOf(statement: ts.Statement, file: string): string | undefined {
  const isLink = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);
  const specifier = isLink ? statement.moduleSpecifier : undefined;
  if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.')) return;
  return join(dirname(file), specifier.text);
}

function namesIn({ exportClause }: ts.ExportDeclaration): string[] {
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
  return exportClause.elements.map(({ name }) => name.text);
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const isNamed =
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isFunctionDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}

function modifiersOf(statement: ts.Statement): readonly ts.ModifierLike[] {
  return ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
}

function isExported(statement: ts.Statement): boolean {
  return modifiersOf(statement).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

/** The statements that names need, each after those that it needs itself. */
function closureOf(
  names: readonly string[],
  declarations: ReadonlyMap<string, ts.Statement>,
): Set<ts.Statement> {
  const begun = new Set<string>();
  const needed = new Set<ts.Statement>();
  function need(name: string): void {
    const statement = declarations.get(name);
    if (statement === undefined || begun.has(name)) return;
    begun.add(name);
    for (const used of identifiersIn(statement)) need(used);
    needed.add(statement);
  }
  names.forEach(need);
  return needed;
}

function identifiersIn(node: ts.Node): string[] {
  if (ts.isIdentifier(node)) return [node.text];
  const found: string[] = [];
  ts.forEachChild(node, (child) => {
    found.push(...identifiersIn(child));
  });
  return found;
}

/** With its comment; the file names its exports at its end. */
function textOf(statement: ts.Statement): string {
  return statement
    .getFullText()
    .trim()
    .replace(/^export /m, '');
}
