import { codeOf, WatchError } from '../base/errors.ts';
import type { ListenAddress } from './address.ts';

export type ListenErrorCode = 'in_use' | 'not_permitted' | 'not_ours' | 'failed';

/** The server of a watcher cannot listen. */
export class ListenError extends WatchError {
  override readonly name = 'ListenError';
  readonly code: ListenErrorCode;

  constructor(code: ListenErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

const KNOWN: Readonly<Record<string, readonly [code: ListenErrorCode, words: string]>> = {
  EADDRINUSE: ['in_use', 'another program has that port; choose another one, or 0 for any that is free'],
  EACCES: ['not_permitted', 'that is not permitted; ports below 1024 need a privilege, others do not'],
  EADDRNOTAVAIL: ['not_ours', 'that is no address of this machine'],
};

export function listenError(error: unknown, { host, port }: ListenAddress): ListenError {
  const [code, words] = KNOWN[codeOf(error) ?? ''] ?? ['failed', codeOf(error) ?? 'it failed'];
  return new ListenError(code, `--listen cannot use port ${port} of ${host}: ${words}`);
}
