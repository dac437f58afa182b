import { Secret } from '../../base/secret.ts';
import type { Credentials } from '../signer.ts';
import { type FunctionGraphContext, textOf } from './context.ts';

/** The keys that an agency gives a function. */
export interface Agency {
  /** Takes the keys of this event. Where it has none, those before stay: they last for 24 hours. */
  follow(context: FunctionGraphContext): void;
  /** Nothing without an agency. What it returns reads the newest keys whenever it is asked for one. */
  credentials(): Credentials | undefined;
}

export function createAgency(): Agency {
  let newest: Credentials | undefined;
  const current: Credentials = {
    get accessKey() {
      return (newest ?? NONE).accessKey;
    },
    get secretKey() {
      return (newest ?? NONE).secretKey;
    },
    get securityToken() {
      return (newest ?? NONE).securityToken;
    },
  };
  return {
    follow(context) {
      newest = keysIn(context) ?? newest;
    },
    credentials: () => (newest === undefined ? undefined : current),
  };
}

const NONE: Credentials = keysOf('', '', '');

function keysIn(context: FunctionGraphContext): Credentials | undefined {
  const [accessKey, secretKey, token] = [
    textOf(context.getSecurityAccessKey?.()),
    textOf(context.getSecuritySecretKey?.()),
    textOf(context.getSecurityToken?.()),
  ];
  return accessKey === '' || secretKey === '' ? undefined : keysOf(accessKey, secretKey, token);
}

function keysOf(accessKey: string, secretKey: string, token: string): Credentials {
  return {
    accessKey: new Secret(accessKey),
    secretKey: new Secret(secretKey),
    securityToken: token === '' ? undefined : new Secret(token),
  };
}
