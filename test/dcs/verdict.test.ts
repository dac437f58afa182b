import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { DcsError } from '../../lib/dcs/errors.ts';
import { dcsError, gatewayError, json, type Reply, text } from '../../lib/dcs/simulator-answers.ts';
import { isDenied, judgeRefusal, judgeSilence } from '../../lib/dcs/verdict.ts';
import { WatchError } from '../../lib/errors.ts';
import { HttpError } from '../../lib/http/client.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');

function refusal(reply: Reply, secrets: readonly string[] = []): DcsError {
  return new DcsError({ ...reply, truncated: false, ms: 1 }, secrets);
}

function judge(reply: Reply) {
  return judgeRefusal(refusal(reply), NOW);
}

describe('a refusal', () => {
  it.each(['APIGW', 'APIG', 'APIC'])('of the gateway is known by its prefix %s', (prefix) => {
    const said = (status: number, code: string) =>
      judge(json(status, { error_code: `${prefix}.${code}`, error_msg: 'x' }));
    expect(said(404, '0101')).toMatchObject({ reason: 'unreachable' });
    expect(said(400, '0101')).toMatchObject({ reason: 'unreachable' });
    expect(said(404, '0999')).toMatchObject({ reason: 'unreachable' });
    expect(said(401, '0301')).toMatchObject({ reason: 'not authorised', restMs: 300_000 });
    expect(said(403, '0308')).toMatchObject({ reason: 'throttled', restMs: 5000 });
  });

  it.each([500, 502, 503, 504, 599, 408, 300, 301, 302, 304, 307, 308])(
    'with HTTP %i is unreachable',
    (status) => {
      for (const reply of [
        text(status, 'text/html', '<html>'),
        text(status, 'text/plain', ''),
        json(status, {}),
      ]) {
        expect(judge(reply)).toMatchObject({ kind: 'failed', reason: 'unreachable' });
      }
    },
  );

  it.each([
    ['0', 2000],
    ['1', 2000],
    ['2', 2000],
    ['60', 60_000],
    ['901', 900_000],
    ['Fri, 02 Jan 2026 03:04:35 GMT', 30_000],
    ['Fri, 02 Jan 2026 03:00:00 GMT', 2000],
    ['Fri, 02 Jan 2099 03:00:00 GMT', 900_000],
    ['', 5000],
    ['soon', 5000],
    ['-1', 5000],
    ['1.5', 5000],
    ['7, 7', 5000],
  ])('that asks for a rest of %j gets %i ms', (retryAfter, restMs) => {
    expect(judge(gatewayError(429, '0308', 'x', { 'retry-after': retryAfter }))).toMatchObject({
      reason: 'throttled',
      restMs,
    });
  });

  it('of a user is told with the permission that is missing, without a rest of the key', () => {
    const verdict = judge(dcsError(403, 'DCS.2003', 'role'));
    expect(verdict).toMatchObject({ reason: 'not authorised' });
    expect(verdict).not.toHaveProperty('restMs');
  });

  it('by HTML is never a missing task', () => {
    expect(judge(text(404, 'text/html', '<html>'))).toMatchObject({ kind: 'failed', reason: 'unreachable' });
    expect(judge(text(400, 'text/html', 'DCS.4133'))).toMatchObject({ reason: 'unreadable answer' });
  });
});

describe('a right that is lacking', () => {
  it.each([
    ['DCS.2003', true],
    ['DCS.2007', true],
    ['DCS.3002', true],
    ['DCS.3003', true],
    ['111400063', true],
    ['APIGW.0302', true],
    ['APIGW.0304', true],
    ['APIC.0306', true],
    ['APIGW.0310', false],
    ['APIGW.0301', false],
    ['APIGW.0308', false],
  ])('is what HTTP 403 with %s says: %s', (code, expected) => {
    expect(isDenied(refusal(json(403, { error_code: code, error_msg: 'x' })))).toBe(expected);
    expect(isDenied(refusal(json(401, { error_code: code, error_msg: 'x' })))).toBe(false);
  });

  it("is not what a proxy's 403 says, which has no code", () => {
    for (const reply of [text(403, 'text/html', '<html>'), text(403, 'text/plain', ''), json(403, {})]) {
      expect(isDenied(refusal(reply))).toBe(false);
    }
  });
});

describe('a refusal of a call that is about no single task', () => {
  const call = { deed: 'list', permission: 'list', ofOneTask: false };

  it.each([dcsError(400, 'DCS.4133', 'x'), dcsError(404, 'DCS.3022', 'x'), text(404, 'text/plain', '')])(
    'is never a missing task',
    (reply) => {
      expect(judgeRefusal(refusal(reply), NOW, call)).toMatchObject({
        kind: 'failed',
        reason: 'unreachable',
      });
    },
  );
});

describe('the error of a refusal', () => {
  it('carries facts, the message redacted, the request id of header or body', () => {
    const body = {
      error_code: 'APIGW.0301',
      error_msg: 'user K-7 frozen, Authorization: x',
      request_id: 'r-1',
    };
    const { headers: _none, ...reply } = json(401, body);
    const error = refusal({ ...reply, headers: { 'retry-after': '1' } }, ['K-7x', 'K-7 ']);
    expect(error).toBeInstanceOf(WatchError);
    expect(error).toMatchObject({
      code: 'dcs_refused',
      httpStatus: 401,
      errorCode: 'APIGW.0301',
      gatewayCode: '0301',
      errorMessage: 'user ***frozen',
      requestId: 'r-1',
      origin: 'gateway',
      message: 'DCS answered HTTP 401 APIGW.0301',
    });
    expect(inspect(error, { depth: 9 })).not.toMatch(/K-7|Authorization/);
  });

  it('has no message when only the echo of a request was in it', () => {
    expect(refusal(gatewayError(401, '0301', 'canonicalRequest:GET|/v2')).errorMessage).toBeUndefined();
  });
});

describe('silence', () => {
  it('is told in the words of the error, with what to change in the configuration', () => {
    const silence = (code: HttpError['code']) =>
      judgeSilence(new HttpError({ code, host: 'dcs.example', ms: 1, message: 'dcs.example: no such name' }));
    expect(silence('dns')).toEqual({
      kind: 'failed',
      reason: 'unreachable',
      detail: 'dcs.example: no such name. Check the region or the endpoint.',
    });
    expect(silence('blocked_address')).toMatchObject({
      detail: expect.stringContaining('set allowInsecure'),
    });
    expect(silence('timeout')).toMatchObject({ detail: 'dcs.example: no such name.' });
  });

  it('of anything else names its class only', () => {
    expect(judgeSilence(new SyntaxError('secret'))).toMatchObject({
      detail: 'no answer: unexpected SyntaxError.',
    });
    expect(judgeSilence('secret')).toMatchObject({ detail: 'no answer: unexpected string.' });
  });
});
