/** A card number, a key, a name: what a customer stores. None of these may get through. */
export const CUSTOMERS =
  /4111|1111|sess:42|sess_42|Alice|alice|Bob|Smith|hello world|c2Vzc2lvbg|7b2263|7b 22|\\x7b|card|balance/;

/** What tools of many kinds write: [their line, what must stay of it]. */
export const WITH_DATA: readonly (readonly [line: string, kept: string])[] = [
  // redis-shake
  [
    'restore failed: BUSYKEY Target key name already exists cmd=[set sess:42 {"card":"4111 1111 1111 1111"}]',
    'restore failed: BUSYKEY Target key name already exists',
  ],
  [
    '[PANIC] redisWriter received error. error=[BUSYKEY Target key name already exists.], argv=[RESTORE sess:42 0 Alice], slots=[123], reply=[<nil>]',
    'redisWriter received error. error=[BUSYKEY Target key name already exists.]',
  ],
  [
    "[writer_0] redisStandaloneWriter received error. error=[OOM command not allowed when used memory > 'maxmemory'.], argv=[SET sess:42 hello world]",
    "OOM command not allowed when used memory > 'maxmemory'.",
  ],
  [
    '[CmdRestore] restore command error key:sess:42 err:BUSYKEY Target key name already exists.',
    'BUSYKEY Target key name already exists.',
  ],
  [
    'DbSyncer[0] Event:ErrorReply Id:redis-shake Command: [SET sess:42 Alice Smith] Error: -ERR value is not an integer or out of range',
    'value is not an integer or out of range',
  ],
  ['target key name is busy, but still restore: sess:42', 'target key name is busy'],
  [
    '[WARN] key[sess:42] value[Alice Smith] error[ERR DUMP payload version or checksum are wrong]',
    'ERR DUMP payload version or checksum are wrong',
  ],
  [
    'cmd=(hset sess:42 name Alice) failed, err=WRONGTYPE Operation against a key holding the wrong kind of value',
    'WRONGTYPE Operation against a key holding the wrong kind of value',
  ],
  [
    "panic: cmd={SET sess:42 hello world}: READONLY You can't write against a read only replica.",
    "READONLY You can't write against a read only replica.",
  ],
  // redis-port, Go programs
  [
    'set sess:42 {"card":"4111"}: BUSYKEY Target key name already exists',
    'BUSYKEY Target key name already exists',
  ],
  [
    'restore sess:42 0 \\x7b\\x22card\\x22: BUSYKEY Target key name already exists.',
    'BUSYKEY Target key name already exists.',
  ],
  [
    'level=error msg="restore failed" key=sess:42 value="Alice Smith" err="BUSYKEY Target key name already exists"',
    'BUSYKEY Target key name already exists',
  ],
  [
    "map[key:sess:42 value:Alice Smith] was refused: CROSSSLOT Keys in request don't hash to the same slot",
    "CROSSSLOT Keys in request don't hash to the same slot",
  ],
  [
    '&{Key:sess:42 Value:Alice TTL:0} MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk.',
    'MISCONF Redis is configured to save RDB snapshots',
  ],
  ['write entry failed: entry={DbId:0 Argv:[set sess:42 Alice]} i/o timeout', 'write entry failed'],
  ['args: [sess:42 4111111111111111] failed: i/o timeout', 'i/o timeout'],
  ['exec hset sess:42 name Bob: connection refused', 'connection refused'],
  // RIOT, Lettuce, Jedis
  [
    "AsyncCommand [type=RESTORE, output=StatusOutput [output=null, error='BUSYKEY Target key name already exists'], commandArgs=[key<sess:42>, value<Alice>]]",
    'BUSYKEY Target key name already exists',
  ],
  [
    'io.lettuce.core.RedisCommandExecutionException: BUSYKEY Target key name already exists; CommandArgs [buffer=$7\\r\\nsess:42\\r\\n$5\\r\\nAlice\\r\\n]',
    'io.lettuce.core.RedisCommandExecutionException: BUSYKEY Target key name already exists',
  ],
  ['Error writing item: KeyValue(key=sess:42, type=string, value=Alice Smith, ttl=-1)', 'Error writing item'],
  [
    "redis.clients.jedis.exceptions.JedisDataException: OOM command not allowed when used memory > 'maxmemory'. [key: sess:42] [value: hello world]",
    'JedisDataException: OOM command not allowed',
  ],
  [
    'JedisMovedDataException: MOVED 12182 10.0.0.3:6379, args=["sess:42","Alice"]',
    'MOVED 12182 10.0.0.3:6379',
  ],
  // node-redis, ioredis, redis-py
  [
    "ReplyError: BUSYKEY Target key name already exists { command: 'RESTORE', args: [ 'sess:42', '0', 'Alice' ] }",
    'ReplyError: BUSYKEY Target key name already exists',
  ],
  [
    "command: { name: 'set', args: [ 'sess:42', 'Alice' ] } LOADING Redis is loading the dataset in memory",
    'LOADING Redis is loading the dataset in memory',
  ],
  [
    'redis.exceptions.ResponseError: Command # 1 (RESTORE sess:42 0 Alice) of pipeline caused error: BUSYKEY Target key name already exists',
    'BUSYKEY Target key name already exists',
  ],
  ['command: "SET" "sess:42" "hello world" failed: i/o timeout', 'failed: i/o timeout'],
  [
    "('SET', 'sess:42', 'Alice') raised NOPERM this user has no permissions to run the 'set' command",
    "NOPERM this user has no permissions to run the 'set' command",
  ],
  // Redis itself
  ["ERR unknown command 'FOO', with args beginning with: 'sess:42' 'Alice' ", "ERR unknown command 'FOO'"],
  [
    'ERR unknown command `restore-asking`, with args beginning with: `sess:42`, `0`, `Alice`, ',
    'ERR unknown command `restore-asking`',
  ],
  ['1339518083.107412 [0 127.0.0.1:60866] "set" "sess:42" "Alice"', '"set"'],
  ['SET sess:42 Alice', 'SET'],
  ['HMSET sess:42 name Bob balance 12 failed: connection reset by peer', 'connection reset by peer'],
  [
    "EVAL \"return redis.call('get','sess:42')\" 0 BUSY Redis is busy running a script.",
    'BUSY Redis is busy running a script.',
  ],
  ['client closed: id=3 addr=10.0.0.1:5000 cmd=set sess:42 Alice', 'addr=10.0.0.1:5000'],
  // The protocol, dumps, encodings
  ['protocol error at *3\r\n$3\r\nSET\r\n$7\r\nsess:42\r\n$5\r\nAlice\r\n', 'protocol error at'],
  [
    'protocol error at "*3\\r\\n$3\\r\\nSET\\r\\n$7\\r\\nsess:42\\r\\n$5\\r\\nAlice\\r\\n"',
    'protocol error at',
  ],
  [
    'bad payload 00000000  7b 22 63 61 72 64 22 3a  22 34 31 31 31 22 7d 0a |{"card":"4111"}.|',
    'bad payload',
  ],
  [
    'cannot decode 0x7b2263617264223a, DUMP payload version or checksum are wrong',
    'DUMP payload version or checksum are wrong',
  ],
  ['payload=c2Vzc2lvbg== ERR Bad data format', 'ERR Bad data format'],
  ['value: \\x7b\\x22\\x63 is no text', 'value'],
  // Documents
  [
    '{"level":"ERROR","msg":"restore failed","key":"sess:42","value":"Alice","error":"BUSYKEY Target key name already exists"}',
    'restore failed, BUSYKEY Target key name already exists',
  ],
  ['write failed {"user":{"name":"Alice","card":"4111"}}', 'write failed'],
  ['write failed [{"name":"Alice"},{"name":"Bob"}]', 'write failed'],
  ['write failed: {"name":"Alice","card":"4111', 'write failed'],
  ['write failed: {\\"name\\":\\"Alice\\"}', 'write failed'],
  [
    '<error>BUSYKEY Target key name already exists</error><key>sess:42</key><value>Alice</value>',
    'BUSYKEY Target key name already exists',
  ],
  // Sentences
  ['failed to write key sess:42 with value Alice Smith', 'failed to write key'],
  ['Key "sess:42" already exists in the target', 'already exists in the target'],
  ['the key sess_42 is too large', 'is too large'],
  ['cannot restore sess:42: timeout', 'timeout'],
  [
    'stack:\n  at write (key=sess:42,\n  value=Alice)\nBUSYKEY Target key name already exists',
    'BUSYKEY Target key name already exists',
  ],
  ['写入失败，命令: SET sess:42 Alice', '写入失败'],
  ['键 sess:42 已存在', '已存在'],
  ['写入失败 key为sess:42，值：Alice Smith', '写入失败'],
  ['charged 4111 1111 1111 1111 twice', 'charged'],
];

/** Lines in which nothing is to be cut: they stay word for word. */
export const HARMLESS: readonly string[] = [
  'Failed to connect to the target instance.',
  'Failed to connect to the source instance 10.0.0.1:6379: connection refused',
  'java.net.SocketTimeoutException: connect timed out after 10000 ms',
  'BUSYKEY Target key name already exists.',
  "OOM command not allowed when used memory > 'maxmemory'.",
  'ERR DUMP payload version or checksum are wrong',
  'WRONGTYPE Operation against a key holding the wrong kind of value',
  "CROSSSLOT Keys in request don't hash to the same slot",
  'MOVED 3999 10.0.0.5:6379',
  "READONLY You can't write against a read only replica.",
  'MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk. Commands that may modify the data set are disabled.',
  'ERR max number of clients reached',
  "ERR unknown command 'SYNC'",
  "ERR wrong number of arguments for 'set' command",
  'ERR value is not an integer or out of range',
  'NOAUTH Authentication required.',
  'WRONGPASS invalid username-password pair or user is disabled.',
  'Client sent AUTH, but no password is set',
  'LOADING Redis is loading the dataset in memory',
  'The PSYNC command is not supported by the source instance.',
  'SYNC command failed: the source has disabled it',
  'SET command is not allowed in the current state',
  'The value of the parameter maxmemory-policy is not supported',
  'Invalid {0} parameter in the request.',
  'incremental_migration failed: psync, -ERR max number of clients reached',
  'client-output-buffer-limit of the source was exceeded',
  'repl-timeout: 60 seconds is too short',
  '120034 keys of 120034 migrated, 0 keys failed',
  'source keys: 120034, target keys: 120031',
  'key count mismatch between source and target',
  'data transfer rate: 12 KB/s',
  'Migration task started at 2023-05-15 09:11:25.',
  'the full synchronization is 40 % complete, offset: 42',
  'read tcp 10.0.0.1:53412->10.0.0.2:6379: i/o timeout',
  'EOF while reading the response from the master',
  'Policy does not allow dcs:migrationTask:get to be performed.',
  'The DCS instance does not exist.',
  'Backup file /var/lib/redis/dump.rdb is corrupt',
  'CLUSTERDOWN Hash slot not served',
  "NOPERM this user has no permissions to run the 'psync' command",
  '目标实例连接失败，请检查安全组',
  '迁移失败：源实例内存不足',
  'authentication failed',
  'SSL handshake failed: certificate has expired',
  'io.lettuce.core.RedisConnectionException: Unable to connect to redis.example.com:6379',
];
