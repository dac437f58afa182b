import { systemClock } from '../lib/base/time/system-clock.ts';
import { main } from '../lib/cli/cli.ts';

const LINGER_MS = 3000;

/** The command line, and the entry point of a container. */
void main(process.argv.slice(2), process, systemClock).then((code) => {
  process.exitCode = code;
  // A look-up of a name by the system cannot be ended, and takes half a minute where no name server answers.
  setTimeout(() => process.exit(code), LINGER_MS).unref();
});
