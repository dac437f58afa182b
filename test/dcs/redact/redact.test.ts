import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact, redactReport, withoutUserInfo } from '../../../lib/dcs/redact/redact.ts';
import { cpuMsOf } from '../../support/cpu.ts';
import { CUSTOMERS, HARMLESS, MORE_HARMLESS, MORE_WITH_DATA, WITH_DATA } from './reports.ts';
import { MORE_SENTENCES, PASSWORDS, SENTENCES } from './sentences.ts';

/** Linear work takes a fifth of it; quadratic work would take minutes. */
const LINEAR_MS = 2000;

describe('a redacted message', () => {
  it.each([
    ['Instance job is not found.', 'Instance job is not found.'],
    [
      'Policy does not allow dcs:migrationTask:get to be performed.',
      'Policy does not allow dcs:migrationTask:get to be performed.',
    ],
    [
      'policy user over ratelimit,limit:100,time:1 minute',
      'policy user over ratelimit,limit:100,time:1 minute',
    ],
    ['verify aksk signature fail, canonicalRequest:GET|/v2/x/|host:h', 'verify aksk signature fail'],
    ['bad: Canonical Request was GET', 'bad'],
    ['wrong header Authorization: SDK-HMAC-SHA256 Access=A, Signature=b', 'wrong header'],
    ['wrong SDK-HMAC-SHA256 Access=A', 'wrong'],
    ['sent Bearer abc', 'sent'],
    ['Get secretKey failed,ak:HSTZ7EXAMPLE,err:ak not exist', 'Get secretKey failed,ak:***,err:ak not exist'],
    ['signature=abc, password: "a b c", x', 'signature=***, password: ***, x'],
    ['{"password":"hunter2","x":1}', '***'],
    ['security_token = abc', 'security_token = ***'],
    ['digest 0123456789abcdef0123 of it', 'digest *** of it'],
    ['token MIIEpAIBAAKCAQEA/b+c== of it', 'token *** of it'],
    ['two\r\nlines\u001b[2J\u202e', 'two lines [2J'],
    ['', ''],
    ['Authorization: all of it', ''],
    ['{"authorization":"x y"} z', '***'],
    ["{'authorization' = 'x y'} z", '***'],
    ['wrong Proxy-Authorization\t: x y', 'wrong'],
    ['wrong canonical_request=a, b', 'wrong'],
    ['an authorization that says nothing', 'an authorization that says nothing'],
    ['password="a b c', 'password=***'],
    ["password='a b c', x", 'password=***, x'],
    ["password='a b c", 'password=***'],
    ['breaks=x, task: y, disk=z', 'breaks=x, task: y, disk=z'],
  ])('of %j is %j', (message, expected) => {
    expect(redact(message, [])).toBe(expected);
  });

  it.each([
    ...['ak', 'AK', 'sk', 'access', 'accessKey', 'access_key', 'access-key', 'ACCESS_KEY'],
    ...['secret', 'secretKey', 'secret_key', 'secret-key', 'signature', 'password', 'passwd', 'pwd'],
    ...['token', 'security_token', 'security-token', 'X-Security-Token', 'auth_token', 'x-auth-token'],
    ...['subject-token', 'X-Subject-Token', 'credential', 'cookie', 'Cookie'],
    ...['redis_password', 'userPassword', 'old-token', 'my_ak'],
  ])('holds no value of %s, however it is written', (name) => {
    expect(redact(`a ${name}=k7 b`, [])).toBe(`a ${name}=*** b`);
    expect(redact(`a "${name}" : "k7 k8",b`, [])).toBe(`a "${name}" : ***,b`);
    expect(redact(`a '${name}':'k7 k8',b`, [])).toBe(`a '${name}':***,b`);
  });

  it('masks what the request carried, wherever that appears', () => {
    expect(redact('user KEY-1 (KEY-1) and not-long', ['KEY-1'])).toBe('user *** (***) and not-long');
  });

  it('masks what the request carried from four characters on, because less would blank out words', () => {
    expect(redact('KEY and KEYS', ['KEYS'])).toBe('KEY and ***');
    expect(redact('KEY and KEYS', ['KEY', ''])).toBe('KEY and KEYS');
  });

  it('ignores everything after 8192 characters, and shows 200', () => {
    expect(redact(`${' '.repeat(10_000)}a b`, [])).toBe('a b');
    expect(redact('a '.repeat(5000), [])).toBe('a '.repeat(100).trim());
    expect(redact(`${'"'.repeat(8188)}AB canonicalRequest`, [])).toBe('"'.repeat(200));
  });

  it('has at most 200 characters and no known secret, whatever the message', async () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9+/]{8,60}$/);
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    await fc.assert(
      fc.property(secret, text, text, (known, before, after) => {
        const redacted = redact(`${before}${known}${after}`, [known]);
        expect([...redacted].length).toBeLessThanOrEqual(200);
        expect(redacted).not.toContain(known);
        expect(redacted).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      }),
    );
  });

  it('takes linear time on long messages', () => {
    const parts = ['a', 'password=', 'token "', 'authorization', ' ', '0', 'ak:'];
    const cpuMs = cpuMsOf(() => {
      for (const part of parts) redact(part.repeat(260_000 / part.length), []);
    });
    expect(cpuMs).toBeLessThan(LINEAR_MS);
  });
});

describe('a redacted report of a migration', () => {
  it.each([
    'Failed to connect to the target instance.',
    'java.net.SocketTimeoutException: connect timed out after 10000 ms',
    'incremental_migration failed: psync, -ERR max number of clients reached',
    'AUTH failed: WRONGPASS invalid username-password pair or user is disabled.',
    'NOAUTH Authentication required.',
    'client_output_buffer_limit was reached',
    'Client sent AUTH, but no password is set',
    'requirepass is not set, passed: 3 keys of 10',
    'the password is wrong. Mail admin@example.com at 10.0.0.1:6379',
    '密码错误',
  ])('keeps %j', (report) => {
    expect(redactReport(report, [])).toBe(report);
  });

  it.each([
    ['connect redis://default:hun/ter2@10.0.0.1:6379/0 refused', 'connect ***@10.0.0.1:6379/0 refused'],
    ['connect to :hun@ter2@10.0.0.1:6379', 'connect to ***@10.0.0.1:6379'],
    ['source.password_raw = hun,ter2 x', 'source.password_raw = ***'],
    ['source_pass=hunter2 client_secret=hunter2', 'source_pass=*** client_secret=***'],
    ['requirepass hunter2', 'requirepass ***'],
    ['CONFIG SET "requirepass" "hun ter2"', 'CONFIG SET ***'],
    ['masterauth: hunter2', 'masterauth: ***'],
    ['auth hunter2', 'auth ***'],
    ['redis-cli -a of.hunter2 ping, auth is-hunter2', 'redis-cli -a *** ping, auth ***'],
    ['AUTH default hunter2 for 10.0.0.1', 'AUTH *** for 10.0.0.1'],
    ['MIGRATE h 6379 "" 0 5000 AUTH2 user hunter2 KEYS a', 'MIGRATE ***'],
    ['1.5 [0 h:1] "AUTH" "default" "hunter2"', '1.5 [0 h:1] "AUTH" ***'],
    ['*3\r\n$4\r\nAUTH\r\n$7\r\ndefault\r\n$7\r\nhunter2\r\n', '***'],
    ['redis-cli -h h -a hunter2 ping, --pass hunter2 ping', 'redis-cli -h h -a *** ping, --pass *** ping'],
    ['auth hunter2, masterauth hunter3 x', 'auth ***, masterauth *** x'],
    ['AUTH hunter2 requirepass hunter3 x', 'AUTH *** requirepass *** x'],
    ['redis-cli -a hunter2 AUTH hunter3 x', 'redis-cli -a *** AUTH *** x'],
    ['redis-cli -ahunter2 -h h', 'redis-cli -a*** -h h'],
    ['sentinel auth-pass mymaster hunter2', 'sentinel auth-pass ***'],
    ['auth_pass hunter2', 'auth_pass ***'],
    ['ACL SETUSER u on >hunter2 #0a >hunter3 ~* +@all', 'ACL SETUSER u on >*** #*** >*** ~* +@all'],
    ['"*2\\r\\n$4\\r\\nAUTH\\r\\n$7\\r\\nhunter2\\r\\n"', '"***'],
    ['password was set to hunter2 x', 'password was set to *** x'],
    ['the password has now been changed to hunter2 x', 'the password has now been changed to *** x'],
    ['pwd hunter2 x', 'pwd *** x'],
    ['the password (hunter2) is wrong', 'the password *** is wrong'],
    ['密码 hunter2 错误', '密码 *** 错误'],
    ['密码错误：hunter2', '密码错误：***'],
    ['密码错误：WRONGPASS invalid', '密码错误：WRONGPASS invalid'],
    ['{\\"password\\":\\"hunter2\\",\\"x\\":1}', '***'],
    ['<password>hunter2</password> x', '<password>*** x'],
    ["wrong password 'hun ter2' for x", 'wrong password *** for x'],
    ['the password is "hun ter2" for x', 'the password is *** for x'],
    ['set password to Hunter for x', 'set password to *** for x'],
    ['set myPassword to Hunter for x', 'set myPassword to *** for x'],
    ['set passwd to Hunter for x', 'set passwd to *** for x'],
    ['password  Hunter for x', 'password  *** for x'],
    ['password to  Hunter for x', 'password to  *** for x'],
    ['PASSWORD "hun ter" and password <hun ter> for x', 'PASSWORD *** and password *** for x'],
    ['key incremental_migrationAK99887766 x', 'key *** x'],
    ['key AK99887766incremental_migration x', 'key *** x'],
    ['https://h/p?password=hunter2&x=1', 'https://h/p?password=***'],
    ['?password%3Dhunter2', '?password%3D***'],
    ['密码：hunter2 错误，密码为“hunter2”', '密码：*** 错误，密码为***'],
    ['password is: hunter2 x', 'password is: *** x'],
    ['userpass=hunter2 sourcePwd: hunter2 pw=hunter2', 'userpass=***'],
    ['passwd->hunter2, password => hunter2, pass hunter2 x', 'passwd->***, password => ***, pass *** x'],
    ['secretKey Hunter2 and api_key: hunter2 x', 'secretKey *** and api_key: *** x'],
    ['login user root/hunter2 failed', 'login user root/*** failed'],
    [
      'USER  a.b/Hunter, username root/S3cret!x, CREDENTIAL a/Pa:ss x',
      'USER  a.b/***, username root/***, CREDENTIAL *** x',
    ],
    [
      'secret key is Hunter x, API-KEY H x, password IS: hunter2 x',
      'secret key is *** x, API-KEY *** x, password IS: ***',
    ],
    [
      'SECRET_KEY IS hunter22 x, Secret Key = hunter, access key:hunter x',
      'SECRET_KEY IS *** x, Secret Key = ***, access key:*** x',
    ],
    ['passwd Hunter, pass Hunter, REQUIREPASS hunter2 x', 'passwd ***, pass ***, REQUIREPASS *** x'],
    ['password 为 hunter2 x', 'password 为 *** x'],
    ['key auth_pass A$__A%%0', 'key auth_pass ***'],
    ['auth pw1, masterauth A.aaaaa0', 'auth ***, masterauth ***'],
    ['the password for redis "hun ter2" is wrong', 'the password for redis *** is wrong'],
    ['instance 7c1f0f3a-52f1-49a8-9b1c-2f7b6d0e9a11', 'instance ***'],
    ['key MIIEpAIBAAKCAQEA/b+c==', 'key ***'],
    ['Authorization: Basic abc', ''],
  ])('of %j is %j', (report, expected) => {
    expect(redactReport(report, [])).toBe(expected);
  });

  it('has at most 500 characters, or as many as are wanted', () => {
    expect(redactReport('x y '.repeat(500), [])).toHaveLength(499);
    expect(redactReport('x y '.repeat(500), [], 7)).toBe('x y x y');
  });

  it('has no password after the words that announce one, whatever is around them', async () => {
    const password = fc.stringMatching(/^[A-Za-z][A-Za-z0-9!#$%^*_.]{6,18}[0-9]$/);
    const text = fc.stringMatching(/^[a-z .]{0,40}$/);
    const announced = fc.constantFrom(
      ...['password=', 'password: ', 'requirepass ', 'masterauth ', 'AUTH ', 'AUTH default ', 'pwd=', '-a '],
      ...[
        '"password":"',
        'redis://user:',
        ':',
        'password to ',
        'auth_pass=',
        'source.password_raw = ',
        '密码：',
        '密码 ',
        'auth_pass ',
        'auth pw1, masterauth ',
        'redis-cli -a',
        'ACL SETUSER u >',
        'password was set to ',
        'password is: ',
        'userpass=',
        'passwd->',
        'password => ',
        'password 为 ',
        'pass ',
        'login user root/',
      ],
    );
    await fc.assert(
      fc.property(text, announced, password, text, (before, word, secret, after) => {
        const isAddress = word.endsWith(':') && !word.endsWith('auth:');
        const end = isAddress ? '@10.0.0.1:6379' : word.endsWith('"') ? '"' : '';
        expect(redactReport(`${before} ${word}${secret}${end} ${after}`, [])).not.toContain(secret);
      }),
      { numRuns: 2000, seed: 20261129 },
    );
  });

  it('takes linear time on long reports', () => {
    const parts = [
      'a',
      'a@',
      ':@',
      '\\"',
      'auth ',
      'AUTH $1 ',
      'password [',
      'password <',
      '://',
      '密码',
      '-a ',
      "pass'",
      'redis-cli -a',
      'setuser >',
      'password is set ',
      'password (',
      '密码错',
      'key=',
      'args=[',
      '{"a":',
      '("a",',
      '"a" "b" ',
      'SET a:1 ',
      'a:b => ',
      '\\x7b',
      'with a ',
      'a.a-a_',
    ];
    const cpuMs = cpuMsOf(() => {
      for (const part of parts) redactReport(part.repeat(260_000 / part.length), []);
    });
    expect(cpuMs).toBeLessThan(LINEAR_MS);
  });
});

describe('a name without users and passwords', () => {
  it.each([
    ['redis://default:hunter2@10.0.0.1:6379 of orders', '***@10.0.0.1:6379 of orders'],
    ['redis://default:hun ter2@10.0.0.1:6379 of orders', '***@10.0.0.1:6379 of orders'],
    ['redis://default:1hun ter2@10.0.0.1', '***@10.0.0.1'],
    ['hunter2@10.0.0.1', '***@10.0.0.1'],
    ['orders hunter2@192.168.1.31, old', 'orders ***@192.168.1.31, old'],
    ['orders hunter2@[fd00::1] old', 'orders ***@[fd00::1] old'],
    ['hunter2@orders-cache.example:6379', '***@orders-cache.example:6379'],
  ])('of %j is %j', (name, expected) => {
    expect(withoutUserInfo(name)).toBe(expected);
  });

  it.each([
    'orders cache',
    'redis://10.0.0.1:6379 of bob@example.com',
    'orders of bob@example.com',
    'orders on redis@7.2',
    'orders of bob@10.0.0.1x',
  ])('is %j as it stands', (name) => {
    expect(withoutUserInfo(name)).toBe(name);
  });
});

describe('what tools append to an error', () => {
  it.each(WITH_DATA)('is cut from %j, and the error stays', (line, kept) => {
    const report = redactReport(line, []);
    expect(report).not.toMatch(CUSTOMERS);
    expect(report).toContain(kept);
    expect(redact(line, [])).not.toMatch(CUSTOMERS);
  });

  it.each(MORE_WITH_DATA)('is cut from %j', (line) => {
    expect(redactReport(line, [])).not.toMatch(CUSTOMERS);
    expect(redact(line, [])).not.toMatch(CUSTOMERS);
  });

  it.each([...HARMLESS, ...MORE_HARMLESS])('does not include %j, which stays word for word', (line) => {
    expect(redactReport(line, [])).toBe(line);
  });

  it('is cut for any piece of data after any mark', async () => {
    const mark = fc.constantFrom(
      'cmd=[',
      'argv=[',
      'args: [',
      'value="',
      'payload=',
      'key=',
      'SET ',
      'value: ',
      'args(',
    );
    const data = fc.stringMatching(/^[A-Z][a-z]{3,8}:[0-9]{4,9}[A-Z][a-z]{4,9}$/);
    const error = fc.constantFrom(
      'BUSYKEY Target key name already exists',
      'ERR DUMP payload version or checksum are wrong',
    );
    await fc.assert(
      fc.property(mark, data, error, (begin, piece, message) => {
        for (const line of [`${message} ${begin}${piece}`, `restore ${begin}${piece} failed: ${message}`]) {
          expect(redactReport(line, [])).not.toContain(piece);
          expect(redactReport(line, [])).toContain(message);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a sentence with a password', () => {
  it.each([...SENTENCES, ...MORE_SENTENCES])('loses it: %j', (sentence) => {
    expect(redactReport(sentence, [])).not.toMatch(PASSWORDS);
    expect(redact(sentence, [])).not.toMatch(PASSWORDS);
  });

  it.each([
    'The password is wrong.',
    'password authentication failed for user default',
    'check the password of the source instance',
    'The passwords of source and target are not the same',
    'password must have 8 to 64 characters',
    'The token must be updated.',
    '密码错误，请检查源实例',
    'requirepass is not set',
  ])('is not one when it only has the word: %j', (sentence) => {
    expect(redactReport(sentence, [])).toBe(sentence);
  });
});
