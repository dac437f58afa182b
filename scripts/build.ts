/** Bundles the two entry points into `dist/`: `watch.cjs` for the platform, `local.cjs` for the command. */
import { rm } from 'node:fs/promises';
import { build } from 'esbuild';

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: { watch: 'functions/watch.ts', local: 'functions/local.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  // undici and others call `require` for Node's own modules; in a bundle of ES modules that fails at start.
  format: 'cjs',
  // What is imported when it is needed (the store's library) is also only run then.
  mainFields: ['module', 'main'],
  minify: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
});
