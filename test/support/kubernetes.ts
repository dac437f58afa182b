import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { PersistentVolumeClaim } from 'kubernetes-models/v1/PersistentVolumeClaim';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import ts from 'typescript';
import { parse } from 'yaml';
import * as z from 'zod/mini';

export const MANIFEST = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.object({ name: z.string() }),
});

/** One object for the API of Kubernetes. */
export type Manifest = z.output<typeof MANIFEST>;

/** The manifests of a folder, one in each file. */
export function manifestsIn(folder: string): Manifest[] {
  return readdirSync(folder).map((name) => MANIFEST.parse(parse(readFileSync(join(folder, name), 'utf8'))));
}

/** By kind: how the values of a manifest are checked. */
const VALIDATORS: Readonly<Record<string, (manifest: unknown) => void>> = {
  ConfigMap: (manifest) => new ConfigMap(z.looseObject({}).parse(manifest)).validate(),
  Deployment: (manifest) => new Deployment(z.looseObject({}).parse(manifest)).validate(),
  PersistentVolumeClaim: (manifest) =>
    new PersistentVolumeClaim(z.looseObject({}).parse(manifest)).validate(),
  Secret: (manifest) => new Secret(z.looseObject({}).parse(manifest)).validate(),
  Service: (manifest) => new Service(z.looseObject({}).parse(manifest)).validate(),
};

/** @throws {Error} for a value that the API of Kubernetes would refuse */
export function assertValues(manifest: Manifest): void {
  const validate = VALIDATORS[manifest.kind];
  if (validate === undefined) throw new Error(`no schema of a ${manifest.kind} is at hand`);
  validate(manifest);
}

/**
 * What the types of the API say of manifests. They know every name; the schemas, as the API itself, let one pass that is
 * misspelt.
 */
export function mistypedIn(manifests: readonly Manifest[]): string[] {
  const file = resolve('test/deploy/manifests-as-types.ts');
  const text = manifests
    .map(({ apiVersion, kind, ...rest }, i) => {
      const type = `import('kubernetes-models/${apiVersion}/${kind}').I${kind}`;
      return `export const m${i}: ${type} = ${JSON.stringify({ apiVersion, kind, ...rest })};`;
    })
    .join('\n');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2024,
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === file || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2024)
      : getSourceFile.call(host, name, ...rest);
  const found = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host));
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}
