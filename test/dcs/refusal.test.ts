import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { WatchError } from '../../lib/base/errors.ts';
import type { Explanation } from '../../lib/base/explanation.ts';
import { DcsRefusal } from '../../lib/dcs/errors.ts';
import {
  classifyNoAnswer,
  classifyRefusal,
  detailsOf,
  isDenied,
  isFromIntermediary,
  isRefusedSignature,
  provesKeyAccepted,
} from '../../lib/dcs/refusal.ts';
import { HttpError } from '../../lib/http/client.ts';
import type { FaultCode } from '../../lib/http/faults.ts';
import { dcsError, gatewayError, json, type Reply, text } from '../../lib/simulator/answers.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');

function refusal(reply: Reply, secrets: readonly string[] = []): DcsRefusal {
  return new DcsRefusal({ ...reply, truncated: false, ms: 1 }, secrets);
}

function classified(reply: Reply) {
  return classifyRefusal(refusal(reply), NOW);
}

describe('a refusal', () => {
  it.each(['APIGW', 'APIG', 'APIC'])('of the gateway is known by its prefix %s', (prefix) => {
    const refusalOf = (status: number, code: string) =>
      classified(json(status, { error_code: `${prefix}.${code}`, error_msg: 'x' }));
    expect(refusalOf(404, '0101')).toMatchObject({ reason: 'unreachable' });
    expect(refusalOf(400, '0101')).toMatchObject({ reason: 'unreachable' });
    expect(refusalOf(404, '0999')).toMatchObject({ reason: 'unreachable' });
    expect(refusalOf(401, '0301')).toMatchObject({
      reason: 'not authorised',
      cooldownMs: 300_000,
      isKeyRefused: true,
    });
    expect(refusalOf(401, '0302')).not.toHaveProperty('isKeyRefused');
    expect(refusalOf(403, '0308')).toMatchObject({ reason: 'throttled', cooldownMs: 5000 });
  });

  it.each([500, 502, 503, 504, 599, 408, 300, 301, 302, 304, 307, 308])(
    'with HTTP %i is unreachable',
    (status) => {
      for (const reply of [
        text(status, 'text/html', '<html>'),
        text(status, 'text/plain', ''),
        json(status, {}),
      ]) {
        expect(classified(reply)).toMatchObject({ kind: 'failed', reason: 'unreachable' });
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
    [' 7 ', 7000],
    ['2026-01-02T03:04:35Z', 5000],
  ])('that asks for a pause of %j gets %i ms', (retryAfter, cooldownMs) => {
    expect(classified(gatewayError(429, '0308', 'x', { 'retry-after': retryAfter }))).toMatchObject({
      reason: 'throttled',
      cooldownMs,
    });
  });

  it('of a user names the missing permission, and does not pause the key', () => {
    const result = classified(dcsError(403, 'DCS.2003', 'role'));
    expect(result).toMatchObject({ reason: 'not authorised' });
    expect(result).not.toHaveProperty('cooldownMs');
  });

  it('with HTTP 429 counts as throttling, whoever sent it', () => {
    for (const reply of [text(429, 'text/html', '<html>'), json(429, {}), dcsError(429, 'DCS.9999', 'x')]) {
      expect(classified(reply)).toMatchObject({ kind: 'failed', reason: 'throttled', cooldownMs: 5000 });
    }
  });

  it.each([201, 204, 206, 299, 400, 409, 418, 499])(
    'with HTTP %i that says nothing is unreadable',
    (status) => {
      expect(classified(text(status, 'text/html', '<html>'))).toMatchObject({
        kind: 'failed',
        reason: 'unreadable answer',
        detail: `HTTP ${status}: the answer is not one that DCS documents. Check the endpoint.`,
      });
    },
  );

  it.each([201, 400, 499])('with HTTP %i and without a body is unreadable', (status) => {
    expect(classified(text(status, 'text/plain', ''))).toMatchObject({ reason: 'unreadable answer' });
  });

  it('in the words of somebody else is unreadable', () => {
    expect(classified(json(400, { message: 'Bad Request' }))).toMatchObject({ reason: 'unreadable answer' });
  });

  it('that asks for a pause says how long it is', () => {
    expect(classified(gatewayError(429, '0308', '', { 'retry-after': '7' }))).toMatchObject({
      detail: 'HTTP 429 APIGW.0308: too many requests. Calls are paused for 7 s.',
    });
  });

  it.each([dcsError(400, 'DCS.4133', 'x'), dcsError(404, 'DCS.3022', 'x'), text(404, 'text/plain', '')])(
    'with $status $body says that there is no such task',
    (reply) => {
      const { headers, ...others } = reply;
      const missing = classified({ ...others, headers: { ...headers, 'x-request-id': 'r-1' } });
      expect(missing).toMatchObject({
        kind: 'missing',
        detail: expect.stringContaining('there is no such task.'),
        requestId: 'r-1',
      });
    },
  );

  it('has only known fields', () => {
    const { headers: _none, ...reply } = text(500, 'text/plain', '');
    expect(classified({ ...reply, headers: {} })).toStrictEqual({
      kind: 'failed',
      reason: 'unreachable',
      detail: 'HTTP 500: DCS reported an internal error. If this persists, ask Huawei Cloud support.',
      answer: { code: 'service_failed', httpStatus: 500 },
    });
  });

  it.each([
    [text(408, 'text/html', '<html>'), 'HTTP 408: the server timed out waiting for the request.'],
    [
      text(502, 'text/html', '<html>'),
      'HTTP 502: a gateway or proxy in between failed. If this persists, check the endpoint.',
    ],
    [
      dcsError(500, 'DCS.5000', 'Internal service error.'),
      'HTTP 500 DCS.5000: DCS reported an internal error. If this persists, ask Huawei Cloud support. ' +
        'The service says "Internal service error.".',
    ],
    [
      text(302, 'text/html', ''),
      'HTTP 302: the endpoint answered with a redirect, which is not followed. Check the endpoint, and look for a proxy or portal in between.',
    ],
    [dcsError(400, 'DCS.4002', ''), 'HTTP 400 DCS.4002: the project id is malformed. Check it.'],
    [dcsError(400, 'DCS.4070', ''), 'HTTP 400 DCS.4070: the task id is malformed. Check it.'],
    [dcsError(400, 'DCS.4855', ''), 'HTTP 400 DCS.4855: this is not the id of a migration task. Check it.'],
    [
      dcsError(401, 'DCS.1004', ''),
      'HTTP 401 DCS.1004: DCS refused the access key for this project. Check that the key belongs to the account of this project and region.',
    ],
    [
      dcsError(403, 'DCS.2003', ''),
      'HTTP 403 DCS.2003: the access key has no permission to read migration tasks. ' +
        'Grant dcs:migrationTask:get on this project to its user or agency.',
    ],
    [
      text(404, 'text/html', '<html>'),
      'HTTP 404: this host does not serve the DCS API. Check the region or the endpoint.',
    ],
  ])('with $status says what is wrong and what to do', (reply, detail) => {
    expect(classified(reply)).toMatchObject({ detail });
  });

  it('by HTML is never a missing task', () => {
    expect(classified(text(404, 'text/html', '<html>'))).toMatchObject({
      kind: 'failed',
      reason: 'unreachable',
    });
    expect(classified(text(400, 'text/html', 'DCS.4133'))).toMatchObject({ reason: 'unreadable answer' });
  });
});

describe('a refusal in the older numeric form', () => {
  it.each([
    ['111401001', 'DCS.1001', 401],
    ['111401002', 'DCS.1002', 401],
    ['111401003', 'DCS.1003', 401],
    ['111401004', 'DCS.1004', 401],
    ['111403002', 'DCS.3002', 403],
    ['111403003', 'DCS.2003', 403],
    ['111403007', 'DCS.2007', 403],
    ['111404001', 'DCS.4001', 404],
    ['111404022', 'DCS.3022', 404],
    ['111400002', 'DCS.4002', 400],
    ['111400005', 'DCS.4005', 400],
    ['111400070', 'DCS.4070', 400],
    ['111400133', 'DCS.4133', 400],
    ['111500000', 'DCS.5000', 500],
    ['DCS.111401004', 'DCS.1004', 401],
    ['dcs. 1004', 'DCS.1004', 401],
  ])('%s means what %s means', (older, newer, status) => {
    const [was, is] = [classified(dcsError(status, older, 'x')), classified(dcsError(status, newer, 'x'))];
    const withoutCode = ({ detail, answer, ...others }: typeof was) => ({
      ...others,
      detail: detail?.replace(older, newer),
      answer: { ...answer, errorCode: newer },
    });
    expect(withoutCode(was)).toEqual(withoutCode(is));
    expect(isRefusedSignature(refusal(dcsError(status, older, 'x')))).toBe(false);
    expect(isRefusedSignature(refusal(dcsError(status, Number(older) || older, 'x')))).toBe(false);
  });

  it('without an entry in the list is still a readable refusal', () => {
    expect(classified(dcsError(400, 111400800, 'Only native cluster supported.'))).toMatchObject({
      reason: 'refused',
      detail:
        'HTTP 400 111400800: DCS refused the request. Look up the error code in the DCS API reference, or ' +
        'ask Huawei Cloud support. The service says "Only native cluster supported.".',
    });
  });
});

describe('the code of a refusal decides its description', () => {
  it.each([
    [dcsError(401, 'DCS.1002', 'Token expired.'), 'not authorised', 'the security token has expired'],
    [dcsError(401, 'DCS.1001', 'x'), 'not authorised', 'the security token is not valid'],
    [dcsError(401, 'DCS.1003', 'x'), 'not authorised', 'the request arrived without a token'],
    [dcsError(401, 'DCS.1004', 'x'), 'not authorised', 'belongs to the account of this project'],
    [dcsError(400, 'DCS.1004', 'x'), 'not authorised', 'belongs to the account of this project'],
    [dcsError(401, 'DCS.1077', 'x'), 'not authorised', 'did not accept the access key'],
    [gatewayError(401, '0999', 'x'), 'not authorised', 'did not accept the access key'],
    [dcsError(403, 'DCS.4999', 'x'), 'not authorised', 'DCS.4999: the access key has no permission'],
    [json(403, { error_msg: 'x' }), 'not authorised', 'refused without an error code: either a firewall'],
    [dcsError(404, 'DCS.4001', 'x'), 'unreachable', 'does not serve the DCS API'],
    [dcsError(404, 'IAM.0011', 'x'), 'unreachable', 'does not serve the DCS API'],
    [dcsError(400, 'DCS.4070', 'x'), 'not found', 'the task id is malformed'],
    [dcsError(400, 'DCS.4957', ''), 'refused', 'DCS refused the request'],
    [dcsError(400, 'XDCS.1077', 'x'), 'refused', 'DCS refused the request'],
    [dcsError(400, 'XDCS.2003', 'x'), 'refused', 'DCS refused the request'],
    [dcsError(400, 'XDCS.5000', 'x'), 'refused', 'DCS refused the request'],
    [dcsError(400, 'DCS.2003', 'x'), 'not authorised', 'Grant dcs:migrationTask:get'],
    [dcsError(400, 'DCS.3002', 'x'), 'not authorised', 'Grant dcs:migrationTask:get'],
    [gatewayError(400, '0302', 'x'), 'not authorised', 'Grant dcs:migrationTask:get'],
    [dcsError(400, 'DCS.5070', 'x'), 'unreachable', 'an internal error'],
    [dcsError(400, 'DCS.4957', 'x'), 'refused', 'DCS refused the request'],
    [dcsError(409, 'DCS.4999', 'x'), 'refused', 'DCS refused the request'],
    [json(400, { error_msg: 'Something is wrong.' }), 'refused', 'without an error code'],
    [gatewayError(403, '0310', 'x'), 'not authorised', 'the project is unavailable'],
    [gatewayError(403, '0999', 'x'), 'not authorised', 'the API gateway refused the access key'],
    [gatewayError(400, '0201', 'x'), 'refused', 'the API gateway refused the request'],
    [gatewayError(413, '0201', 'x'), 'refused', 'the API gateway refused the request'],
    [gatewayError(401, '0301', 'ak ABCDEFGHJKLMNPQRSTUV not exist'), 'not authorised', 'key does not exist'],
    [gatewayError(401, '0301', 'ak AB12CD34 not exist'), 'not authorised', 'key does not exist'],
    [gatewayError(401, '0301', 'err: ak:AB12CD34 not found'), 'not authorised', 'key does not exist'],
  ])('of $status $body', (reply, reason, words) => {
    const result = classified(reply);
    expect(result).toMatchObject({ kind: 'failed', reason, detail: expect.stringContaining(words) });
    expect(result.detail).not.toMatch(/not one that DCS documents|AB12CD34|ABCDEFGHJ/);
  });
});

describe('a refusal by a server in between', () => {
  it.each([
    text(403, 'text/html', '<html>Access denied by the web gateway</html>'),
    text(403, 'text/plain', 'blocked'),
    json(403, { message: 'Forbidden' }),
    json(403, {}),
    text(401, 'text/html', '<html>Please log in</html>'),
    json(401, { message: 'Unauthorized' }),
    text(407, 'text/html', '<html>Proxy Authentication Required</html>'),
    text(407, 'text/plain', ''),
  ])('names the proxy or firewall: $status $body', (reply) => {
    expect(classified(reply)).toMatchObject({
      kind: 'failed',
      reason: 'unreachable',
      detail: expect.stringContaining('a proxy, firewall or portal'),
    });
    expect(classified(reply)).not.toHaveProperty('isKeyRefused');
    expect(isDenied(refusal(reply))).toBe(false);
  });

  it.each([
    json(404, { message: 'no Route matched with those values' }),
    json(404, { status: 404, error: 'Not Found', path: '/v2/x' }),
    json(404, { error: { code: 404, message: 'Not Found' } }),
    json(404, {}),
  ])('is no missing task, even in JSON: $body', (reply) => {
    expect(classified(reply)).toMatchObject({ kind: 'failed', reason: 'unreachable' });
  });
});

describe('a missing permission', () => {
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
  ])('is the meaning of HTTP 403 with %s: %s', (code, expected) => {
    expect(isDenied(refusal(json(403, { error_code: code, error_msg: 'x' })))).toBe(expected);
    expect(isDenied(refusal(json(401, { error_code: code, error_msg: 'x' })))).toBe(false);
  });

  it("is not the meaning of a proxy's 403, which has no code", () => {
    for (const reply of [text(403, 'text/html', '<html>'), text(403, 'text/plain', ''), json(403, {})]) {
      expect(isDenied(refusal(reply))).toBe(false);
    }
  });
});

describe('a refusal of a call about no single task', () => {
  const call = { call: 'ListMigrationTask', permission: 'list', ofOneTask: false } as const;

  it.each([dcsError(400, 'DCS.4133', 'x'), dcsError(404, 'DCS.3022', 'x'), text(404, 'text/plain', '')])(
    'is never a missing task',
    (reply) => {
      expect(classifyRefusal(refusal(reply), NOW, call)).toMatchObject({
        kind: 'failed',
        reason: 'unreachable',
      });
    },
  );

  it('has the meaning that it has for any call', () => {
    expect(classifyRefusal(refusal(gatewayError(429, '0308', 'x')), NOW, call)).toMatchObject({
      reason: 'throttled',
    });
  });
});

describe('a refusal shows that the key was accepted', () => {
  it.each([
    ['when it is one of DCS', dcsError(400, 'DCS.4133', 'x'), true],
    ['when DCS knows the key, but not for this project', dcsError(401, 'DCS.1004', 'x'), true],
    ['when DCS says the same in the older form', dcsError(401, '111401004', 'x'), true],
    ['not when DCS does not know the caller', dcsError(401, 'DCS.1077', 'x'), false],
    ['when a 404 is in the form of the API', text(404, 'text/plain', ''), true],
    ['not when a 404 is in the form of a proxy', text(404, 'text/html', '<html>'), false],
    ['not when nothing but a failure is said', text(500, 'text/plain', ''), false],
    ['not when the code is of another room', dcsError(401, 'IAM.0011', 'x'), false],
    ['when the gateway has the key on a list', gatewayError(403, '0302', 'x'), true],
    ['when the gateway knows the key, which lacks a right', gatewayError(403, '0304', 'x'), true],
    ['not when the gateway says so with another status', gatewayError(401, '0304', 'x'), false],
    ['not when the gateway refuses the signature', gatewayError(403, '0301', 'x'), false],
    ['not when the gateway has a code that is not listed', gatewayError(403, '0999', 'x'), false],
  ])('%s', (_words, reply, shows) => {
    expect(provesKeyAccepted(refusal(reply))).toBe(shows);
  });
});

describe('an answer in place of the service', () => {
  it.each([
    ['a page with HTTP 502', text(502, 'text/html', '<html>'), true],
    ['nothing but HTTP 503', text(503, 'text/plain', ''), true],
    ['empty JSON with HTTP 504', json(504, {}), true],
    ['no page with HTTP 500', text(500, 'text/html', '<html>'), false],
    ['no code of DCS with HTTP 502', dcsError(502, 'DCS.5000', 'x'), false],
  ])('is %s', (_words, reply, is) => {
    expect(isFromIntermediary(refusal(reply))).toBe(is);
  });
});

describe('a refused signature', () => {
  const MINUTE = 60_000;

  it.each([
    ['by the gateway as IAM', gatewayError(401, '0301', ''), true],
    ['by the gateway as IAM, with 403', gatewayError(403, '0301', ''), true],
    ['by the gateway as an app', gatewayError(401, '0303', ''), true],
    ['by the gateway in another way', gatewayError(401, '0305', ''), true],
    ['by the gateway as a token to be renewed', gatewayError(401, '0307', ''), true],
    ['by something without words', text(401, 'text/plain', ''), true],
    ['by a proxy is none', text(401, 'text/html', '<html>'), false],
    ['in a code of no room that we know', dcsError(401, 'IAM.0011', ''), true],
    ['is not what a black list refuses', gatewayError(403, '0302', ''), false],
    ['is not what the gateway refuses with another 401', gatewayError(401, '0999', ''), false],
    ['is not what DCS itself refuses: the gateway took it', dcsError(401, 'DCS.1004', ''), false],
    ['is not what is forbidden', text(403, 'text/plain', ''), false],
    ['is not what fails', text(500, 'text/plain', ''), false],
  ])('%s: %3$s', (_words, reply, is) => {
    expect(isRefusedSignature(refusal(reply))).toBe(is);
    const { detail = '' } = classified(reply);
    expect(detail.includes('signature refused')).toBe(is);
  });

  const GENERAL =
    'Check the access key and secret key, that the clock of this machine is less than 15 minutes off, and that the account has no unpaid bills.';
  const TOKEN = 'The security token is wrong or has expired. Get new temporary credentials.';
  const at = (ms: number) => new Date(NOW + ms).toUTCString();

  const NO_SUCH_KEY = 'The access key does not exist. Check that it is complete and was not deleted.';

  it.each([
    'access key AB12CD34 not exist',
    'accesskey AB12CD34 not found',
    'there is no such ak',
    'there is no such access key',
    'there is no such accesskey',
  ])('with the words %j says that there is no such key', (words) => {
    expect(classified(gatewayError(401, '0301', words)).detail).toContain(NO_SUCH_KEY);
  });

  it.each([
    ['no words', gatewayError(401, '0301', ''), GENERAL],
    ['words of no meaning', gatewayError(401, '0301', 'verify aksk signature fail'), GENERAL],
    [
      'too many refusals',
      gatewayError(401, '0301', 'AK access failed to reach the limit,forbidden'),
      'The access key is locked for 5 minutes after too many refused requests. Check the access key and secret key before you try again.',
    ],
    ['no such key', gatewayError(401, '0301', 'ak not exist'), NO_SUCH_KEY],
    ['a token that it cannot read', gatewayError(401, '0301', 'decrypt token fail'), TOKEN],
    ['a token to be renewed', gatewayError(401, '0307', 'must be updated'), TOKEN],
    [
      'another time, ours is ahead',
      gatewayError(401, '0301', '', { date: at(-20 * MINUTE) }),
      "This machine's clock is 20 minutes ahead. Correct it.",
    ],
    [
      'another time, ours is just too far behind',
      gatewayError(401, '0301', '', { date: at(15 * MINUTE) }),
      "This machine's clock is 15 minutes behind. Correct it.",
    ],
    ['nearly the same time', gatewayError(401, '0301', '', { date: at(14 * MINUTE) }), GENERAL],
    ['a time that is none', gatewayError(401, '0301', '', { date: 'soon' }), GENERAL],
  ])('with %s says what to do', (_words, reply, hint) => {
    const result = classified(reply);
    expect(result).toMatchObject({ reason: 'not authorised', cooldownMs: 5 * MINUTE });
    expect(result.detail).toContain(`: signature refused. ${hint}`);
  });
});

describe('the error of a refusal', () => {
  it('has facts, the redacted message, and the request id of header or body', () => {
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

  it('has no message when that was only an echo of the request', () => {
    expect(refusal(gatewayError(401, '0301', 'canonicalRequest:GET|/v2')).errorMessage).toBeUndefined();
  });
});

describe('a missing answer', () => {
  it('is described by the error, with what to change in the configuration', () => {
    const failureOf = (code: HttpError['code']) =>
      classifyNoAnswer(
        new HttpError({ code, host: 'dcs.example', ms: 1, message: 'dcs.example: no such name' }),
      );
    expect(failureOf('dns')).toEqual({
      kind: 'failed',
      reason: 'unreachable',
      detail: 'dcs.example: no such name. Check the region or the endpoint.',
      answer: {
        code: 'no_answer',
        words: 'dcs.example: no such name',
        fault: 'dns',
        host: 'dcs.example',
        hint: 'check endpoint',
      },
    });
    expect(failureOf('blocked_address')).toMatchObject({
      detail: expect.stringContaining('set allowInsecure'),
    });
    expect(failureOf('timeout')).toMatchObject({ detail: 'dcs.example: no such name.' });
  });

  it('is none where the answer was too long to be read', () => {
    const error = new HttpError({ code: 'too_large', host: 'dcs.example', ms: 1, message: 'too long' });
    expect(classifyNoAnswer(error)).toMatchObject({ kind: 'failed', reason: 'unreadable answer' });
  });

  it('has the words of the error as codes, too, where the error has', () => {
    const explanation: Explanation<FaultCode> = {
      at: 'dcs.example',
      what: [{ code: 'certificate_expired' }],
    };
    const error = new HttpError({ code: 'tls', host: 'dcs.example', ms: 1, explanation });
    expect(classifyNoAnswer(error)).toEqual({
      kind: 'failed',
      reason: 'unreachable',
      detail: 'dcs.example: certificate has expired.',
      answer: {
        code: 'no_answer',
        words: 'dcs.example: certificate has expired',
        fault: 'tls',
        host: 'dcs.example',
        explanation,
      },
    });
  });

  it('after another error names only the class of that', () => {
    expect(classifyNoAnswer(new SyntaxError('secret'))).toMatchObject({
      detail: 'no answer: unexpected error (SyntaxError).',
    });
    expect(classifyNoAnswer('secret')).toMatchObject({ detail: 'no answer: unexpected error (string).' });
  });
});

describe('what is wrong with an answer', () => {
  it('is said in English and as a code', () => {
    expect(detailsOf({ code: 'not_json' })).toEqual({
      words: 'is not JSON',
      explanation: { what: [{ code: 'not_json' }] },
    });
  });
});
