import { build } from 'esbuild';
import { leanUndici, without } from '../build/plugins.ts';

/** An older runtime fails with this sentence instead of with the name of a missing function. */
const NODE_CHECK = `"use strict";
(function () {
  var version = process.versions.node.split(".").map(Number);
  if (version[0] > 20 || (version[0] === 20 && version[1] >= 15)) return;
  throw new Error("dcs-migration-watch needs the runtime Node.js 20.15 or newer, but runs on Node.js " + process.versions.node);
})();`;

/** No setting leads to these on FunctionGraph: its state is in a Redis, and its secrets are variables. */
const ABSENT = [
  without('SQLite', /lib[\\/]store[\\/]sqlite[\\/]sqlite\.ts$/, ['openSqliteStoreWhenUnlocked']),
  without('DynamoDB', /lib[\\/]store[\\/]dynamodb[\\/]dynamodb\.ts$/, ['openDynamoStore']),
  without('AWS', /lib[\\/]config[\\/]references[\\/]aws\.ts$/, ['createAwsSecrets']),
  without('AWS', /lib[\\/]http[\\/]aws\.ts$/, ['awsSettings']),
  without('EventBridge', /@aws-sdk[\\/]client-eventbridge[\\/]/, ['EventBridgeClient', 'PutEventsCommand']),
];

/** The function as one CommonJS file: the documents know no other form. Parts of it run when they are needed. */
export async function bundle(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: ['functions/functiongraph.ts'],
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.15',
    mainFields: ['module', 'main'],
    // CommonJS has another word for it.
    define: { 'import.meta.dirname': '__dirname' },
    inject: ['scripts/functiongraph/shims.ts'],
    banner: { js: NODE_CHECK },
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [leanUndici, ...ABSENT],
    write: false,
  });
  const [file] = outputFiles;
  if (file === undefined) throw new TypeError('esbuild wrote no file');
  return file.contents;
}
