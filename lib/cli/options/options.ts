import { Option } from '@commander-js/extra-typings';

/** Options of every command that reads a configuration and a state. */
export interface StateOptions {
  readonly config?: string | undefined;
  readonly state?: string | undefined;
  readonly json: boolean;
}

export function configOption() {
  return new Option(
    '--config <file>',
    'the configuration (default: $WATCH_CONFIG, else watch.yml or watch.yaml)',
  );
}

export function stateOption() {
  return new Option(
    '--state <place>',
    'where its state is: a SQLite file, redis[s]://… or dynamodb:TABLE (default: $STATE_TABLE, $STATE_REDIS_URL, $STATE_FILE, else .state/watch.db)',
  );
}

export function jsonOption(what = 'JSON instead of text') {
  return new Option('--json', what).default(false);
}

export function htmlOption() {
  return new Option('--html <file>', 'write it to this file, as a page that needs no other file');
}

/** Takes effect in the terminal, before any command is read. */
export function quietOption() {
  return new Option('--quiet', 'print only what needs attention, on standard error').default(false);
}
