import { defined } from '../../../base/defined.ts';
import type { Dossier } from '../../../events/event.ts';
import type { Cause } from '../../../events/reason.ts';
import { en } from '../../../language/en.ts';

type Advice = NonNullable<Dossier['advice']>;

const GUIDE = 'https://support.huaweicloud.com/intl/en-us/usermanual-dcs/dcs-ug-0312038.html';
const BUFFERS_AND_TIMEOUTS =
  'https://support.huaweicloud.com/intl/en-us/migration-dcs/dcs-migration-211125001.html';
/** The root of Redis' own documentation. */
const REDIS = 'https://redis.io/docs/latest/';
const RESTORE = `${REDIS}commands/restore/`;
const EVICTION = `${REDIS}develop/reference/eviction/`;
const PERSISTENCE = `${REDIS}operate/oss_and_stack/management/persistence/`;
const CLIENTS = `${REDIS}develop/reference/clients/`;
const REPLICATION = `${REDIS}operate/oss_and_stack/management/replication/`;
const CLUSTER = `${REDIS}operate/oss_and_stack/reference/cluster-spec/`;
const SHOW_MIGRATION_TASK = 'https://support.huaweicloud.com/intl/en-us/api-dcs/ShowMigrationTask.html';

/**
 * Known causes by the texts of Redis and the service, the most telling words first. The service does not document its
 * texts, so the patterns match words instead of sentences, and an uncertain cause gives no advice.
 */
const CAUSES: readonly { readonly words: RegExp; readonly cause: Cause; readonly source: string }[] = [
  {
    words: /output[ -]buffer[ -]limits?|client-output-buffer/i,
    cause: 'client-output-buffer-limit',
    source: BUFFERS_AND_TIMEOUTS,
  },
  {
    words: /repl-timeout|timed ?out (?:slave|replica)|master timeout: no data/i,
    cause: 'repl-timeout',
    source: BUFFERS_AND_TIMEOUTS,
  },
  {
    // "socket for SYNC … denied" means that the network refuses the connection, so it does not match.
    words:
      /unknown command.{0,4}\b(?:p?sync|replconf)\b|(?<!socket for )\bp?sync\b.{0,60}(?:disabled|denied|not (?:supported|allowed|permitted)|forbidden|renamed)|(?:disabled|denied|not (?:supported|allowed|permitted)|forbidden|renamed|no permissions?).{0,40}\bp?sync\b/i,
    cause: 'SYNC/PSYNC disabled',
    source: GUIDE,
  },
  {
    // A white list of commands is something else, so it does not match.
    words: /(?<!\bcommands?\b.{0,40})\b(?:white|allow)[ -]?list/i,
    cause: 'white list',
    source: SHOW_MIGRATION_TASK,
  },
  {
    words: /\bBUSYKEY\b|target key name (?:already exists|is busy)/i,
    cause: 'BUSYKEY',
    source: RESTORE,
  },
  {
    words:
      /\bDUMP payload version\b|payload version or checksum|\bbad data format\b|RDB (?:format )?version \S+ (?:is )?(?:not supported|unsupported|too (?:new|high))|can'?t handle RDB format/i,
    cause: 'DUMP payload version',
    source: RESTORE,
  },
  {
    words:
      /\bOOM command not allowed|\bused memory > '?maxmemory|\b(?:redis|target|source|instance)\b.{0,40}\bout of memory\b|\bmaxmemory\b.{0,20}\b(?:reached|exceeded)/i,
    cause: 'OOM',
    source: EVICTION,
  },
  {
    words: /\bMISCONF\b|stop-writes-on-bgsave-error|not able to persist (?:on|to) disk/i,
    cause: 'MISCONF',
    source: PERSISTENCE,
  },
  {
    words: /\bmax(?:imum)? number of clients\b|\bmaxclients\b|too many (?:clients|connections)/i,
    cause: 'max clients',
    source: CLIENTS,
  },
  {
    words: /\bREADONLY\b|write against a read[ -]only (?:replica|slave)/i,
    cause: 'READONLY',
    source: REPLICATION,
  },
  {
    words:
      /\bCROSSSLOT\b|\b(?:MOVED|ASK) \d{1,5} (?=[\w.-]*[.:[])|hash to the same slot|cluster support disabled|not allowed in cluster mode/i,
    cause: 'cluster',
    source: CLUSTER,
  },
  {
    words: /\bCLUSTERDOWN\b|\bcluster is down\b|hash slot not served/i,
    cause: 'cluster down',
    source: CLUSTER,
  },
  {
    words:
      /\bWRONGPASS\b|\bNOAUTH\b|invalid (?:username-)?password|(?:wrong|incorrect|invalid) password|password (?:is )?(?:wrong|incorrect|invalid)|authentication failed|without any password configured|no password is set/i,
    cause: 'password',
    source: GUIDE,
  },
  {
    words:
      /connection (?:refused|timed ?out)|connect(?:ion)? time-?out|time-?out connecting|i\/o timeout|(?:no route to|unreachable) host|host (?:is )?unreachable|network is unreachable|(?:can ?not|could not|failed to|unable to) connect|\bE(?:CONNREFUSED|TIMEDOUT|HOSTUNREACH|NETUNREACH)\b/i,
    cause: 'unreachable source',
    source: GUIDE,
  },
];

/**
 * Advice on the first known cause in these texts of the service; nothing when no cause is known.
 *
 * @param migrationIp the address of the migration machine, which a white list must contain
 */
export function adviceOn(texts: readonly string[], migrationIp?: string): Advice | undefined {
  const found = CAUSES.find(({ words }) => texts.some((text) => words.test(text)));
  if (found === undefined) return undefined;
  const { cause, source } = found;
  const [plain, text] = [en.advice[cause](), en.advice[cause](migrationIp)];
  return defined({ cause, text, source, address: text === plain ? undefined : migrationIp });
}
