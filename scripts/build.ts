/** Makes `dist/`, entry points in bundles and the manual page: `watch.mjs` for the platform, `local.cjs` for the command, `client.mjs` for programs. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import { type BuildOptions, build, transform } from 'esbuild';
import { declarationOf } from './build/declaration.ts';
import { leanUndici, without, withoutProfiles } from './build/plugins.ts';
import { manualPage } from './man.ts';

const COMMON = {
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [leanUndici],
} as const satisfies BuildOptions;

/** Lambda waits for a module's `await` before it takes an invocation, and takes `.mjs` before `.cjs`. */
const LAMBDA_ENTRY = `import watch from './watch.cjs';
await watch.begun;
export const handler = watch.handler;
`;

await rm('dist', { recursive: true, force: true });
await buildFunction();
await writeFile('dist/watch.mjs', LAMBDA_ENTRY);
await build({
  ...COMMON,
  entryPoints: ['functions/local.ts'],
  target: 'node22.18',
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  banner: { js: nodeCheck(22, 18) },
});

await buildClient();
await writeFile('dist/dcs-migration-watch.1', await manualPage());

/** The client for other programs, with its types in one file that imports nothing. */
async function buildClient(): Promise<void> {
  await build({
    ...COMMON,
    entryPoints: ['functions/client.ts'],
    target: 'node22.18',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // Stack traces of programs name our functions and errors.
    minifyIdentifiers: false,
    minify: false,
    minifySyntax: true,
    minifyWhitespace: true,
    // undici is CommonJS and asks for modules of Node.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  await writeFile('dist/client.d.ts', declarationOf('functions/client.ts'));
}

/**
 * Code that ends an older Node with one line. It comes before the imports, which an older Node cannot load (`node:sqlite`),
 * and uses only what an older Node knows.
 */
function nodeCheck(leastMajor: number, leastMinor: number): string {
  const complaint = `dcs-migration-watch: needs Node ${leastMajor}.${leastMinor} or newer, but runs on Node `;
  const advice = '. Install Node 24, or use "npm start", which brings its own.';
  return `"use strict";
(function () {
  var version = process.versions.node.split(".").map(Number);
  if (version[0] > ${leastMajor} || (version[0] === ${leastMajor} && version[1] >= ${leastMinor})) return;
  process.stderr.write(${JSON.stringify(complaint)} + process.versions.node + ${JSON.stringify(advice)} + "\\n");
  process.exit(2);
})();`;
}

/**
 * The function's code, in parts: what is imported when it is needed (the AWS SDK, the configuration's parser) is in
 * files of its own, so that a start does not read it. esbuild splits ES modules only; undici in those fails at start
 * (`Dynamic require of "node:assert" is not supported`), and they take longer to load, so each part is made CommonJS.
 */
async function buildFunction(): Promise<void> {
  const { outputFiles } = await build({
    ...COMMON,
    // AWS has DynamoDB: no setting leads the function to a Redis or a file. And a tick makes no page.
    plugins: [
      ...COMMON.plugins,
      without('Redis', /lib[\\/]store[\\/]redis[\\/]redis\.ts$/, ['openFitRedisStore']),
      without('SQLite', /lib[\\/]store[\\/]sqlite[\\/]sqlite\.ts$/, ['openSqliteStoreWhenUnlocked']),
      withoutProfiles,
      without('a page', /lib[\\/]language[\\/]\w+[\\/]page\.ts$/, ['page']),
    ],
    entryPoints: ['functions/watch.ts'],
    format: 'esm',
    splitting: true,
    chunkNames: 'watch-parts/[name]-[hash]',
    write: false,
  });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      format: 'cjs',
      target: 'node24',
      platform: 'node',
      minify: true,
      supported: { 'dynamic-import': false },
    });
    const file = relative('.', path).replace(/\.js$/, '.cjs');
    await mkdir(dirname(file), { recursive: true });
    await writeFile(
      file,
      withRenamedParts(
        code,
        outputFiles.map((part) => basename(part.path)),
      ),
    );
  }
}

function withRenamedParts(code: string, parts: readonly string[]): string {
  return parts.reduce(
    (text, part) => text.replaceAll(`/${part}"`, `/${part.replace(/\.js$/, '.cjs')}"`),
    code,
  );
}
