#!/usr/bin/env node
// Starts the command on a Node that can run it: this one, or the one that the project brings.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const [major, minor] = process.versions.node.split('.').map(Number);
const isNewEnough = major > 22 || (major === 22 && minor >= 18);
const brought = here('../node_modules/.bin/node');
const isBrought = existsSync(brought);
const entry = [here('../dist/local.cjs'), here('../functions/local.ts')].find((path) => existsSync(path));

if (entry === undefined || !(isNewEnough || isBrought)) {
  process.stderr.write(
    entry === undefined
      ? 'dcs-migration-watch: not built yet. Run "npm ci && npm run build" in its folder.\n'
      : `dcs-migration-watch: needs Node 22.18 or newer, but runs on Node ${process.versions.node}. Install Node 24, or run "npm ci" in its folder, which brings it.\n`,
  );
  process.exit(2);
}

const node = major < 24 && isBrought ? brought : process.execPath;
// A tick makes much short-lived garbage; a small young generation keeps the process small.
const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=8'];
// The child stops when this process is gone: whoever ends a service ends the process that it knows.
const env = { ...process.env, DCS_MIGRATION_WATCH_TIED: '1' };
const child = spawn(node, [...flags, entry, ...process.argv.slice(2)], { stdio: 'inherit', env });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === null ? 1 : 128);
});
