import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** A runtime of the platform. */
export interface NodeRuntime {
  readonly version: string;
  /** Its program. */
  readonly file: string;
  /** Whether tests on it are left out: never where all must be there. */
  readonly isLeftOut: boolean;
}

/** `npm run nodes` puts them there. */
const FOLDER = '.nodes/node_modules';
const ARE_REQUIRED = process.env['NODES_REQUIRED'] !== undefined;

function installed(version: string): NodeRuntime {
  const file = resolve(FOLDER, `node-${version}`, 'bin', 'node');
  return { version, file, isLeftOut: !ARE_REQUIRED && !existsSync(file) };
}

/** The Nodes that the platform has, and the one that it may have next. */
export const NODES: readonly NodeRuntime[] = [
  installed('20.15'),
  installed('22.18'),
  { version: '24', file: process.execPath, isLeftOut: false },
];
