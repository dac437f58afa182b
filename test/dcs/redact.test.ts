import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../lib/dcs/redact.ts';

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
    ['{"password":"hunter2","x":1}', '{"password":***,"x":1}'],
    ['security_token = abc', 'security_token = ***'],
    ['digest 0123456789abcdef0123 of it', 'digest *** of it'],
    ['token MIIEpAIBAAKCAQEA/b+c== of it', 'token *** of it'],
    ['two\r\nlines\u001b[2J\u202e', 'two lines [2J'],
    ['', ''],
  ])('of %j is %j', (message, expected) => {
    expect(redact(message, [])).toBe(expected);
  });

  it('masks what the request carried, wherever it stands', () => {
    expect(redact('user KEY-1 (KEY-1) and not-long', ['KEY-1'])).toBe('user *** (***) and not-long');
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
    const started = performance.now();
    for (const part of ['a', 'password=', 'token "', 'authorization', ' ', '0', 'ak:']) {
      redact(part.repeat(260_000 / part.length), []);
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
