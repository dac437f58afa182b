/**
 * Run as a process of its own: loads a function as Lambda does, invokes it once, and prints the CPU of both in
 * milliseconds.
 */
const { pathToFileURL } = require('node:url');

const started = process.cpuUsage();

function cpuMs(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

async function main() {
  const { handler } = await import(pathToFileURL(process.argv[2]).href);
  const initMs = cpuMs(started);
  const loaded = process.cpuUsage();
  const loadedAt = performance.now();
  const answer = await handler({}, { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'bench' });
  const figures = { initMs, callMs: cpuMs(loaded), wallMs: performance.now() - loadedAt, answer };
  process.stdout.write(`\nCOLD ${JSON.stringify(figures)}\n`);
  process.exit();
}
void main();
