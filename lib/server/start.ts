import type { Secret } from '../base/secret.ts';
import type { ListenAddress } from './address.ts';
import { replyTo } from './routes.ts';
import { startServer, type WatchServer } from './server.ts';
import { createStateView, type ViewParts } from './state-view.ts';

export interface ServingParts extends ViewParts {
  readonly address: ListenAddress;
  readonly token: Secret | undefined;
}

/**
 * Serves the page and the metrics of a watcher in this process.
 *
 * @throws {ListenError}
 */
export function serveWatcher({ address, token, ...parts }: ServingParts): Promise<WatchServer> {
  const { watched, monitor, log } = parts;
  const site = { watched, monitor, token, view: createStateView(parts) };
  return startServer({ address, log, reply: (asked) => replyTo(asked, site) });
}
