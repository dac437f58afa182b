/**
 * The words of which error texts of Redis, of its tools and of the network are made. Near the name of a secret, and after
 * a piece of data, whatever is none of them is cut: what a customer stores or calls a password is seldom made of these.
 */
const WORDS = `
position test passes service services unavailable a able about accept accepted access account acl across action actual add address addresses admin after again against agent
aborted aborting absent accepts agency algorithm all allow allowed allows already also always am an and another any
api application applied apply are argument arguments as asked at attempt attempts auth authenticate authenticated
authentication authorisation authorised authorization authorized auto available away back backend backup bad be because been
before begin being belong belongs between both break broken bucket buffer buffers bulk busy but by bytes cache call called caller
can cannot cause caused change changed character characters check checked client clients close closed cluster code command
commands complete config configuration configure configured connect connected connecting connection connections console
contain contained contains correct corrupt could count create created credential credentials current currently cut data
database db dcs decrypt decrypting default delete deleted denied deny details did different digit digits disable disabled disconnected disk
do does done down drop dropped due during each either empty enable enabled encoded encrypted encryption end ended endpoint enough entered
enter err error errors exceeded except exception exhausted exist exists expect expected expire expired expires fail failed failing fails
failure failures field file files finished first following for forbidden found from full further gateway get give given go got had handshake
has have having header host hosts how i iam id idle if ignored illegal import in incorrect incremental inside instance
instances instead insufficient internal into invalid ip is issued it item its job key keys kind kms last later lacks least leave
length letter letters limit limits line list load loading local lock locked log logged logging login long lost made
machine make manager managed many master match matched matches maximum may memory message method migrate migrated migrating migration
minimum minutes mismatch missing mode more most must name named need needed needs neither network never new next no node nodes non none nor
not nothing now null number of off ok old on once one online only open operation operator option or other our out over own
page pair parameter parameters parse parsed part pass passed path peer per permission permissions permitted phase ping place please policy port
possible probably process project proxy protocol provide provided provider psync rate read reading reached readonly ready real reason
reboot receive received redis refused rejected release remote remove removed renewed replica replicas replication reply request requested requests
require required requires reset resolve resource response restart restarted restore retries retry retrying return
returned rotate rotated rotation role rule rules run running same save saved scheme second seconds security see seems sent server service services session set
setting settings should shorter since size slave slot slots slow socket so some source special ssl start started starting state status
still stop stopped store stored string strong subcommand success successful such support supported sync synchronisation synchronization
system table take takes target task tasks tcp temporary terminated than that the their them then there these they this those
three through throttled time timed timeout times tls to today too tool tried tries true try trying twice two type
unable unauthorized under unexpected unexpectedly unknown unreachable unset unsupported until unusable up update updated upper url use used
user username users using valid validate validated validation value values verification verified verify version very via vpc was way weak were what when where
whether which while white whitelist who why will with within without word words worker would write writing wrong wrongpass x
yet you your zero noauth noperm err requirepass masterauth masteruser aclfile nopass protected rename renamed redis's isn't doesn't
don't can't couldn't wasn't didn't hasn't won't aren't haven't e.g i.e etc vs ex http https acls configs aof rdb oom lua json yaml xml
eof dns ttl cpu ha hmac sha token tokens secret secrets password passwords passwd pwd passphrase
`;

const PLAIN: ReadonlySet<string> = new Set(WORDS.trim().split(/\s+/));

/** Words that are used as passwords, or as user names beside them, more often than others. */
const USUAL_PASSWORDS: ReadonlySet<string> = new Set(
  'admin default master redis root secret password passwd pass user token test null none true x'.split(' '),
);

/** Whether a token of a text, without its punctuation, is a word (or words with hyphens, dots or slashes between them). */
export function isPlainWord(token: string): boolean {
  const word = token.toLowerCase().replaceAll('’', "'");
  return PLAIN.has(word) || (/[-/_]/.test(word) && word.split(/[-/_]+/).every((part) => PLAIN.has(part)));
}

/** Whether a word is likely a password where one is expected. */
export function isUsualPassword(token: string): boolean {
  return USUAL_PASSWORDS.has(token.toLowerCase());
}

const ADDRESS =
  /^(?:\[[0-9a-f:.]+\]|\d{1,3}(?:\.\d{1,3}){3}|(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9])(?::\d{1,5})?(?:\/\d{1,3})?$/i;
const NUMBER = /^[#(]?[-+]?\d{1,6}(?:[.,]\d+)?(?:%|ms|s|m|h|d|[kmgt]i?b?|\/s)?$/i;
const TIME = /^(?:\d{4}[-/]\d\d[-/]\d\d(?:t[\d:.]+z?)?|\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/i;
const VERSION = /^v?\d{1,3}(?:\.\d{1,4}){1,3}$/i;
/** An error code of the service, or a mail address of its support. */
const CODE = /^(?:[A-Z]{2,6}\.\d{3,9}|E[A-Z]{4,}|[\w.]+@[a-z-]+(?:\.[a-z-]+)+)$/;

/** Whether a token is harmless without being a word: an address, a small number with its unit, a time, a code. */
export function isFact(token: string): boolean {
  return [ADDRESS, NUMBER, TIME, VERSION, CODE].some((form) => form.test(token));
}
