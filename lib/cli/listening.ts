import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Env } from '../base/env.ts';
import { Secret } from '../base/secret.ts';
import { ConfigError } from '../config/errors.ts';
import { stateConfigOf } from '../config/state/state-config.ts';
import { statusSource } from '../runtime/status-source.ts';
import type { WarmApp } from '../runtime/warm-app.ts';
import { type ListenAddress, parseListenAddress } from '../server/address.ts';
import type { Watched } from '../server/state-view.ts';
import { tokenProblem } from '../server/token.ts';
import type { Store } from '../store/store.ts';
import type { Log } from '../telemetry/log.ts';
import type { Terminal } from './terminal/terminal.ts';

const TOKEN = 'WATCH_LISTEN_TOKEN';
/** A page that stays open shows what is so. */
const REFRESH_SECONDS = 30;

export function listenOption() {
  return new Option(
    '--listen <address>',
    `serve a page, /healthz, /readyz and /metrics at a port of this machine (8080), or at an address (0.0.0.0:8080: the page then needs $${TOKEN})`,
  ).argParser((text: string) => {
    const address = parseListenAddress(text);
    if ('problem' in address) throw new InvalidArgumentError(`--listen ${address.problem}`);
    return address;
  });
}

/** The server of a watcher, from before its first tick until after its last. */
export interface Serving {
  /** The log, which the metrics are counted from. */
  followed(log: Log): Log;
  readonly tickFailed: (reason: string) => void;
  /** @throws {ListenError} */
  start(watcher: ServedWatcher): Promise<void>;
  close(): Promise<void>;
}

export interface ServedWatcher {
  readonly app: WarmApp;
  readonly store: Store;
  readonly log: Log;
}

/**
 * Loads the server where one is asked for.
 *
 * @throws {ConfigError} where everybody could read the page
 */
export async function prepareServing(
  address: ListenAddress | undefined,
  terminal: Terminal,
): Promise<Serving | undefined> {
  if (address === undefined) return undefined;
  const { env, clock } = terminal;
  const token = tokenFor(address, env);
  const { createMonitor } = await import('../server/monitor.ts');
  const { serveWatcher } = await import('../server/start.ts');
  const monitor = await createMonitor(clock);
  let close = async () => {};
  return {
    followed: (log) => (entry) => {
      monitor.observe(entry);
      log(entry);
    },
    tickFailed: monitor.tickFailed,
    async start({ app, store, log }) {
      const watched = watchedIn(app, store, terminal);
      const server = await serveWatcher({ address, token, watched, monitor, log, clock });
      close = server.close;
      log({ kind: 'notice', message: `serving ${server.url}, and /healthz, /readyz and /metrics there` });
    },
    close: () => close(),
  };
}

function watchedIn(app: WarmApp, store: Store, { zone, clock: { now } }: Terminal): Watched {
  return {
    source: async () =>
      statusSource({ config: await stateConfigOf(app.config), store, now: new Date(now()) }),
    pageOptions() {
      const { language, timeZone = zone } = app.config.settings;
      return { language, timeZone, refreshSeconds: REFRESH_SECONDS, hasReports: true };
    },
    longestTickMs: () => app.budgetMs + 2 * app.config.settings.intervalMs,
  };
}

/** Programs of this machine need none, unless one is set. */
function tokenFor({ host, isLoopback }: ListenAddress, env: Env): Secret | undefined {
  const token = env[TOKEN] ?? '';
  if (token === '' && isLoopback) return undefined;
  const problem = token === '' ? 'is not set' : tokenProblem(token);
  if (problem === undefined) return new Secret(token);
  const why = isLoopback ? '' : `: others can reach ${host}, so the page needs a token`;
  throw new ConfigError(
    'invalid_config',
    `command line: ${TOKEN} ${problem}${why}. Make one with "openssl rand -hex 32", or listen on 127.0.0.1 without one`,
  );
}
