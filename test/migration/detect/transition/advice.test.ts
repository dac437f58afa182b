import { describe, expect, it } from 'vitest';
import { redactReport } from '../../../../lib/dcs/redact/redact.ts';
import { adviceOn } from '../../../../lib/migration/detect/transition/advice.ts';

/** Lines that Redis, its clients and proxies write, and lines that nobody may take for them. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  'client-output-buffer-limit': [
    'Client id=5 addr=10.0.0.9:41022 scheduled to be closed ASAP for overcoming of output buffer limits.',
    'replication broke: client-output-buffer-limit of the source is too small',
    'source closed the connection, Output Buffer Limit reached',
  ],
  'repl-timeout': [
    "Timeout receiving bulk data from MASTER... try to set the 'repl-timeout' parameter to a larger value.",
    'Disconnecting timedout replica (streaming sync): 10.0.0.9:6379',
    'Disconnecting timed out slave: 10.0.0.9:6379',
    'MASTER timeout: no data nor PING received...',
  ],
  'SYNC/PSYNC disabled': [
    "ERR unknown command 'PSYNC'",
    'ERR unknown command `SYNC`, with args beginning with:',
    "ERR unknown command 'replconf'",
    'the psync command is disabled at the source',
    'PSYNC is not supported by this proxy',
    "NOPERM this user has no permissions to run the 'psync' command",
    'command not allowed: sync',
    'SYNC was renamed',
  ],
  'white list': [
    '10.0.0.9 is not in the whitelist',
    'client is not on the white list of the source',
    'rejected by the allow-list',
  ],
  BUSYKEY: ['BUSYKEY Target key name already exists.', 'ERR Target key name is busy'],
  'DUMP payload version': [
    'ERR DUMP payload version or checksum are wrong',
    "Can't handle RDB format version 11",
  ],
  OOM: [
    "OOM command not allowed when used memory > 'maxmemory'.",
    'the target instance is out of memory',
    'maxmemory of the target was reached',
  ],
  MISCONF: [
    'MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk.',
    'writes are refused: stop-writes-on-bgsave-error',
  ],
  'max clients': ['ERR max number of clients reached', 'maxclients of the source is too small'],
  READONLY: ["READONLY You can't write against a read only replica."],
  cluster: [
    "CROSSSLOT Keys in request don't hash to the same slot",
    'MOVED 3999 10.0.0.5:6379',
    'ASK 3999 10.0.0.5:6379',
    'ERR SELECT is not allowed in cluster mode',
  ],
  'cluster down': ['CLUSTERDOWN Hash slot not served', 'CLUSTERDOWN The cluster is down'],
  password: [
    'WRONGPASS invalid username-password pair or user is disabled.',
    'MASTER aborted replication with an error: NOAUTH Authentication required.',
    'Unable to AUTH to MASTER: -ERR invalid password',
    'ERR AUTH <password> called without any password configured for the default user.',
    'ERR Client sent AUTH, but no password is set',
    'wrong password for the target',
    'the password is incorrect',
    'authentication failed',
  ],
  'unreachable source': [
    'dial tcp 10.0.0.4:6379: connect: connection refused',
    'dial tcp 10.0.0.4:6379: i/o timeout',
    'connect ECONNREFUSED 10.0.0.4:6379',
    'Error condition on socket for SYNC: Connection refused',
    'Error condition on socket for SYNC: Operation not permitted: no route to host',
    'Timeout connecting to the MASTER...',
    'connection timed out',
    'could not connect to the source',
    'network is unreachable',
  ],
};
const NO_CAUSE = [
  'migration failed',
  'some words',
  '',
  'slot 99 is not covered',
  // A closed connection is the trace of many causes.
  'read tcp 10.0.0.4:6379: connection reset by peer',
  'Error condition on socket for SYNC: Permission denied',
  'the command FLUSHALL is not in the whitelist of commands',
  'MASTER <-> REPLICA sync started',
  'full sync from the source was not completed',
  'the password policy was changed',
  'I/O error trying to sync with MASTER: connection lost',
];

describe('advice', () => {
  const cases = Object.entries(TEXTS).flatMap(([cause, texts]) =>
    texts.map((text) => [text, cause] as const),
  );

  it.each(cases)('on "%s" is the one on %s', (text, cause) => {
    expect(adviceOn([text])?.cause).toBe(cause);
  });

  it.each(cases)('on "%s" is given even after secrets are redacted', (text, cause) => {
    expect(adviceOn([redactReport(text, [])])?.cause).toBe(cause);
  });

  it.each(NO_CAUSE)('on "%s" is absent, because no cause is certain', (text) => {
    expect(adviceOn([text])).toBeUndefined();
  });

  it('says what to do and where that is documented', () => {
    for (const texts of Object.values(TEXTS)) {
      expect(adviceOn(texts)).toEqual({
        cause: expect.any(String),
        text: expect.stringMatching(/^[A-Z].+\.$/),
        source: expect.stringMatching(/^https:\/\/(?:support\.huaweicloud\.com|redis\.io\/docs)\//),
      });
    }
  });

  it('is on the most specific of several texts, in any order', () => {
    const lines = [
      'connection refused',
      'NOAUTH Authentication required.',
      'overcoming of output buffer limits',
    ];
    for (const texts of [lines, lines.toReversed()]) {
      expect(adviceOn(texts)?.cause).toBe('client-output-buffer-limit');
    }
  });

  it('is absent without a text', () => {
    expect(adviceOn([])).toBeUndefined();
  });

  it('names the address of the migration machine where a white list must contain it', () => {
    expect(adviceOn(['10.0.0.9 is not in the whitelist'], '192.168.1.77')).toMatchObject({
      text: expect.stringContaining('Add 192.168.1.77, '),
      address: '192.168.1.77',
    });
    expect(adviceOn(['10.0.0.9 is not in the whitelist'])).not.toHaveProperty('address');
    expect(adviceOn(['authentication failed'], '192.168.1.77')).not.toHaveProperty('address');
  });
});
