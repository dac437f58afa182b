#!/usr/bin/env node
// Starts the command on a Node that can run it: this one, or the one that the project brings.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 24;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const isNewEnough = Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR;
const node = isNewEnough ? process.execPath : here('../node_modules/.bin/node');
const entry = [here('../dist/local.cjs'), here('../functions/local.ts')].find((path) => existsSync(path));

if (entry === undefined || !existsSync(node)) {
  process.stderr.write(
    entry === undefined
      ? 'dcs-migration-watch: not built yet; run "npm ci && npm run build" in its folder\n'
      : `dcs-migration-watch: needs Node ${NEEDED_MAJOR} or newer, this is ${process.version}; install it, or run "npm ci" in its folder, which brings one\n`,
  );
  process.exit(2);
}

// A tick makes much short-lived garbage; a small young generation keeps the process small.
const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8'];
// The child stops when this process is gone: whoever ends a service ends the process that it knows.
const env = { ...process.env, DCS_MIGRATION_WATCH_TIED: '1' };
const child = spawn(node, [...flags, entry, ...process.argv.slice(2)], { stdio: 'inherit', env });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});
