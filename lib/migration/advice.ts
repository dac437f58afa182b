import type { Dossier } from './event.ts';

type Advice = NonNullable<Dossier['advice']>;

const GUIDE = 'https://support.huaweicloud.com/intl/en-us/usermanual-dcs/dcs-ug-0312038.html';
const BUFFERS_AND_TIMEOUTS =
  'https://support.huaweicloud.com/intl/en-us/migration-dcs/dcs-migration-211125001.html';
const SHOW_MIGRATION_TASK = 'https://support.huaweicloud.com/intl/en-us/api-dcs/ShowMigrationTask.html';

/**
 * Known causes, the most telling words first: what Redis and the service write when it is this. The service's own texts
 * are not documented, so these match words, not sentences, and a cause that is not certain gives no advice.
 */
const CAUSES: readonly (Advice & { readonly words: RegExp })[] = [
  {
    words: /output[ -]buffer[ -]limits?|client-output-buffer/i,
    cause: 'client-output-buffer-limit',
    text: 'Set client-output-buffer-limit (slave) of the source to 20 % of its maximum memory, then restart the task.',
    source: BUFFERS_AND_TIMEOUTS,
  },
  {
    words: /repl-timeout|timed ?out (?:slave|replica)|master timeout: no data/i,
    cause: 'repl-timeout',
    text: 'Set repl-timeout of the source to 300 seconds, then restart the task.',
    source: BUFFERS_AND_TIMEOUTS,
  },
  {
    // A socket on which SYNC is denied is one that the network refuses.
    words:
      /unknown command.{0,4}\b(?:p?sync|replconf)\b|(?<!socket for )\bp?sync\b.{0,60}(?:disabled|denied|not (?:supported|allowed|permitted)|forbidden|renamed)|(?:disabled|denied|not (?:supported|allowed|permitted)|forbidden|renamed|no permissions?).{0,40}\bp?sync\b/i,
    cause: 'SYNC/PSYNC disabled',
    text: 'The source refuses SYNC and PSYNC, which online migration needs: enable them there, or import a backup instead.',
    source: GUIDE,
  },
  {
    // A list of commands is another one.
    words: /(?<!\bcommands?\b.{0,40})\b(?:white|allow)[ -]?list/i,
    cause: 'white list',
    text: "Put the migration task's private IP address (ecs_tenant_private_ip) on the source's white list.",
    source: SHOW_MIGRATION_TASK,
  },
  {
    words:
      /\bWRONGPASS\b|\bNOAUTH\b|invalid (?:username-)?password|(?:wrong|incorrect|invalid) password|password (?:is )?(?:wrong|incorrect|invalid)|authentication failed|without any password configured|no password is set/i,
    cause: 'password',
    text: 'Check the passwords of source and target in the task: its connection test must pass for both.',
    source: GUIDE,
  },
  {
    words:
      /connection (?:refused|timed ?out)|connect(?:ion)? time-?out|time-?out connecting|i\/o timeout|(?:no route to|unreachable) host|host (?:is )?unreachable|network is unreachable|(?:can ?not|could not|failed to|unable to) connect|\bE(?:CONNREFUSED|TIMEDOUT|HOSTUNREACH|NETUNREACH)\b/i,
    cause: 'unreachable source',
    text: 'The migration machine cannot reach an instance: check address, port, security groups and routes from its VPC.',
    source: GUIDE,
  },
];

/** What to do about the first known cause that these texts of the service name; nothing when none is known. */
export function adviceOn(texts: readonly string[]): Advice | undefined {
  const found = CAUSES.find(({ words }) => texts.some((text) => words.test(text)));
  if (found === undefined) return undefined;
  const { cause, text, source } = found;
  return { cause, text, source };
}
