import type { Dossier } from '../../events/event.ts';

type Advice = NonNullable<Dossier['advice']>;

const GUIDE = 'https://support.huaweicloud.com/intl/en-us/usermanual-dcs/dcs-ug-0312038.html';
const BUFFERS_AND_TIMEOUTS =
  'https://support.huaweicloud.com/intl/en-us/migration-dcs/dcs-migration-211125001.html';
/** Of Redis' own documentation. */
const REDIS = 'https://redis.io/docs/latest/';
const RESTORE = `${REDIS}commands/restore/`;
const EVICTION = `${REDIS}develop/reference/eviction/`;
const PERSISTENCE = `${REDIS}operate/oss_and_stack/management/persistence/`;
const CLIENTS = `${REDIS}develop/reference/clients/`;
const REPLICATION = `${REDIS}operate/oss_and_stack/management/replication/`;
const CLUSTER = `${REDIS}operate/oss_and_stack/reference/cluster-spec/`;
const SHOW_MIGRATION_TASK = 'https://support.huaweicloud.com/intl/en-us/api-dcs/ShowMigrationTask.html';

/** Where the migration machine stands in a text that is to name it. */
const MACHINE = "the migration task's private IP address (ecs_tenant_private_ip)";

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
    text: `Put ${MACHINE} on the source's white list.`,
    source: SHOW_MIGRATION_TASK,
  },
  {
    words: /\bBUSYKEY\b|target key name (?:already exists|is busy)/i,
    cause: 'BUSYKEY',
    text: 'The target has keys of the same names: empty it, or delete those keys, and start the task again.',
    source: RESTORE,
  },
  {
    words:
      /\bDUMP payload version\b|payload version or checksum|\bbad data format\b|RDB (?:format )?version \S+ (?:is )?(?:not supported|unsupported|too (?:new|high))|can'?t handle RDB format/i,
    cause: 'DUMP payload version',
    text: 'The source is newer than the target can read: migrate to an instance of the same or a newer Redis version.',
    source: RESTORE,
  },
  {
    words:
      /\bOOM command not allowed|\bused memory > '?maxmemory|\b(?:redis|target|source|instance)\b.{0,40}\bout of memory\b|\bmaxmemory\b.{0,20}\b(?:reached|exceeded)/i,
    cause: 'OOM',
    text: 'The instance has no memory left for writes: scale the target up, or free memory there, and start the task again.',
    source: EVICTION,
  },
  {
    words: /\bMISCONF\b|stop-writes-on-bgsave-error|not able to persist (?:on|to) disk/i,
    cause: 'MISCONF',
    text: 'The instance refuses writes because it could not save its data: free its disk and memory, see its log, then retry.',
    source: PERSISTENCE,
  },
  {
    words: /\bmax(?:imum)? number of clients\b|\bmaxclients\b|too many (?:clients|connections)/i,
    cause: 'max clients',
    text: 'The instance takes no more connections: raise maxclients there, or close idle clients, and start the task again.',
    source: CLIENTS,
  },
  {
    words: /\bREADONLY\b|write against a read[ -]only (?:replica|slave)/i,
    cause: 'READONLY',
    text: 'The address of the target is that of a read-only replica: give the task the address of its master.',
    source: REPLICATION,
  },
  {
    words:
      /\bCROSSSLOT\b|\b(?:MOVED|ASK) \d{1,5} (?=[\w.-]*[.:[])|hash to the same slot|cluster support disabled|not allowed in cluster mode/i,
    cause: 'cluster',
    text: 'One side is a Redis Cluster and was used as a single instance: name all its nodes, and choose a target of its kind.',
    source: CLUSTER,
  },
  {
    words: /\bCLUSTERDOWN\b|\bcluster is down\b|hash slot not served/i,
    cause: 'cluster down',
    text: 'The cluster has slots that no node serves: bring its nodes back (CLUSTER INFO says ok), and start the task again.',
    source: CLUSTER,
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

/**
 * What to do about the first known cause that these texts of the service name; nothing when none is known.
 *
 * @param migrationIp the address of the migration machine, which a white list must have
 */
export function adviceOn(texts: readonly string[], migrationIp?: string): Advice | undefined {
  const found = CAUSES.find(({ words }) => texts.some((text) => words.test(text)));
  if (found === undefined) return undefined;
  const { cause, text, source } = found;
  if (migrationIp === undefined || !text.includes(MACHINE)) return { cause, text, source };
  const named = `${migrationIp}, ${MACHINE},`;
  return { cause, text: text.replace(MACHINE, named), source, address: migrationIp };
}
