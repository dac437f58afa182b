import { systemClock } from '../lib/base/system-clock.ts';
import { main } from '../lib/cli/cli.ts';

/** The command line, and the entry point of a container. */
void main(process.argv.slice(2), process, systemClock).then((code) => {
  process.exitCode = code;
});
