import type { LoadedTypes } from '../../channels/index.ts';
import { isTemplate, type Path } from '../path.ts';
import { isSettings, textsIn, type Value } from '../yaml/tree.ts';
import type { ProblemAt } from './problem-at.ts';

/** Names of settings that are secret everywhere: `secretKey`, `hubSecret`, `token`, … … */
const SECRET = /(?:secret|token|password|key)$/i;
/** Names of headers that carry a secret. */
const SECRET_HEADER = /auth|token|secret|key|cookie|password|signature/i;
/** The unguessable part of an address: in the path of a hook, or in the query of others. */
const UNGUESSABLE = /(?=[\w~-]*[A-Za-z])(?=[\w~-]*\d)[\w~-]{16,}/;
const REFERENCE = /(?<!\$)\$\{/;

/**
 * Problems of secrets in the file itself, instead of references. Messages never repeat a secret.
 *
 * @param belong where secrets belong, in words: `put it into …`
 */
export function plainSecretsIn(value: Value, types: LoadedTypes, belong: string): ProblemAt[] {
  const isChat = chatsIn(value, types);
  const message = `is a secret in plain text, and this file goes into the package; ${belong}`;
  return textsIn(value).flatMap(({ path, text }) =>
    text !== '' && !REFERENCE.test(text) && !isTemplate(path, text) && isSecret(path, text, isChat)
      ? [{ path, message }]
      : [],
  );
}

type IsChat = (channel: string | number | undefined) => boolean;

function isSecret([section, name, ...rest]: Path, text: string, isChat: IsChat): boolean {
  if (section === 'settings') return name === 'heartbeat' && isMoreThanHost(text);
  if (section !== 'projects' && section !== 'channels') return false;
  const [setting, part] = rest;
  if (setting === 'headers') return SECRET_HEADER.test(String(part));
  if (setting === 'clientCertificate') return part === 'key';
  if (setting === 'url') return isChat(name) || isSecretAddress(text);
  return rest.some((step) => SECRET.test(String(step))) && !rest.includes('labels');
}

/** Whether a channel is a chat, whose address alone allows writing there. An unknown type counts as a chat. */
function chatsIn(value: Value, types: LoadedTypes): IsChat {
  const channels = isSettings(value) ? value['channels'] : undefined;
  return (channel) => {
    const settings = isSettings(channels) && typeof channel === 'string' ? channels[channel] : undefined;
    return isSettings(settings) && types.get(String(settings['type']))?.audience !== 'programs';
  };
}

/** Whether an address has a secret part. With that of a heartbeat, anybody could hide that the watcher is down. */
function isMoreThanHost(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && (isSecretAddress(text) || url.pathname !== '/');
}

function isSecretAddress(text: string): boolean {
  const url = URL.parse(text);
  if (url === null) return false;
  return url.search !== '' || url.password !== '' || UNGUESSABLE.test(url.pathname);
}
