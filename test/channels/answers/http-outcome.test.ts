import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Explanation } from '../../../lib/base/explanation.ts';
import {
  attempt,
  BrokenChannelError,
  classifyStatus,
  clockSkewMs,
  isOfTheEvent,
  retryAfterMs,
  withAdvice,
} from '../../../lib/channels/answers/http-outcome.ts';
import { HttpError, type HttpErrorCode } from '../../../lib/http/client.ts';
import type { FaultCode } from '../../../lib/http/faults.ts';
import type { Hint } from '../../../lib/language/en/explanations/hints.ts';
import { StoreError } from '../../../lib/store/errors.ts';
import { client, httpServer } from '../../http/servers.ts';
import { answering, channelAt, eventOf, internalError, NOW, SETTINGS } from '../support.ts';

describe('Retry-After', () => {
  test.each([
    ['5', 5000],
    ['0', 0],
    [' 7 ', 7000],
    ['1000000000', 1e12],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
    ['5, 30', 30_000],
    ['30,5', 30_000],
    ['5 , 7', 7000],
    ['5x, 7', undefined],
    ['x Mon, 05 Jan 2026 02:13:03 GMT', undefined],
    ['Mon, 05 Jan 2026 02:13:03 GMT', 60_000],
    ['Monday, 05-Jan-26 02:13:03 GMT', 60_000],
    ['Mon Jan  5 02:13:03 2026', 60_000],
    ['Mon, 05 Jan 2026 02:00:00 GMT', 0],
    ['-1', undefined],
    ['1e9', undefined],
    ['1.5', undefined],
    ['2026-01-05', undefined],
    ['Mon, 99 Jan 2026 02:13:03 GMT', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('%j means a wait of %s ms', (value, expected) => {
    expect(retryAfterMs({ 'retry-after': value }, NOW)).toBe(expected);
  });

  describe('on a machine far from Greenwich', () => {
    afterEach(() => {
      vi.unstubAllEnvs();
    });

    test('is a date in Greenwich, also in the form that does not say so', () => {
      vi.stubEnv('TZ', 'Asia/Shanghai');
      expect(new Date(0).getHours()).toBe(8);
      for (const date of ['Mon Jan  5 02:13:03 2026', 'Mon, 05 Jan 2026 02:13:03 GMT']) {
        expect(retryAfterMs({ 'retry-after': date }, NOW)).toBe(60_000);
      }
    });
  });

  test('means nothing when it is absent', () => {
    expect(retryAfterMs({}, NOW)).toBeUndefined();
  });

  test.each([204, 400])('changes nothing when a %i has ended the delivery', async (status) => {
    const http = answering({ status, headers: { 'retry-after': '60' } });
    const channel = await channelAt('https://ci.example.com/', SETTINGS.webhook, http);
    expect(await channel.send({ events: [eventOf()], now: NOW })).not.toHaveProperty('retryAfterMs');
  });

  test('comes before the usual wait of a vendor', async () => {
    const limited = () => ({ class: 'pause' as const, reason: 'busy', retryAfterMs: 60_000 });
    const answered = (headers: Record<string, string>) => async () => ({
      ...{ status: 429, body: '', truncated: false, ms: 3 },
      headers,
    });
    expect(await attempt(answered({ 'retry-after': '5' }), limited, NOW)).toEqual({
      class: 'pause',
      reason: 'busy',
      status: 429,
      ms: 3,
      retryAfterMs: 5000,
    });
    expect(await attempt(answered({}), limited, NOW)).toMatchObject({ retryAfterMs: 60_000 });
  });

  test('as a date is read by the clock of its sender', () => {
    const headers = { date: 'Mon, 05 Jan 2026 04:00:00 GMT', 'retry-after': 'Mon, 05 Jan 2026 04:02:00 GMT' };
    expect(retryAfterMs(headers, NOW)).toBe(120_000);
  });
});

/** The codes beside the words of a reason; a reason without words has none. */
function explained(status: number, code: Hint | undefined): object {
  return code === undefined ? {} : { explanation: { status: `HTTP ${status}`, what: [{ code }] } };
}

describe('a status', () => {
  test.each<[number, string, string, Hint?]>([
    [200, 'delivered', 'HTTP 200'],
    [299, 'delivered', 'HTTP 299'],
    [199, 'transient', 'HTTP 199'],
    [400, 'permanent', 'HTTP 400'],
    [408, 'transient', 'HTTP 408'],
    [
      410,
      'broken',
      'HTTP 410 (the receiver is gone for good; remove the channel, or change its URL)',
      'receiver_gone',
    ],
    [413, 'permanent', 'HTTP 413 (too large for the receiver)', 'receiver_too_large'],
    [415, 'permanent', 'HTTP 415 (this content type is not accepted)', 'content_type_refused'],
    [425, 'transient', 'HTTP 425'],
    [429, 'pause', 'HTTP 429 (the receiver asks for a pause)', 'asks_for_pause'],
    [500, 'transient', 'HTTP 500'],
  ])('of %i is %s, and says what to do', (status, expected, reason, code) => {
    expect(classifyStatus(status)).toEqual({ class: expected, reason, ...explained(status, code) });
  });

  test.each<[number, string, Hint?]>([
    [299 + 1, 'HTTP 300 (redirects are never followed; check the URL)', 'redirected'],
    [399, 'HTTP 399 (redirects are never followed; check the URL)', 'redirected'],
    [401, 'HTTP 401 (not authorised; check the settings "headers" and "secret")', 'check_headers_secret'],
    [403, 'HTTP 403 (not authorised; check the settings "headers" and "secret")', 'check_headers_secret'],
    [404, 'HTTP 404 (not found, perhaps only for now; check the URL)', 'check_url'],
    [405, 'HTTP 405 (POST is not accepted; check the URL)', 'no_post'],
    [407, 'HTTP 407 (a proxy in between requires a sign-in; check its settings)', 'proxy_sign_in'],
    [418, 'HTTP 418'],
    [421, 'HTTP 421 (another server is responsible; check the URL)', 'another_server'],
    [431, 'HTTP 431 (the headers are too large; check the setting "headers")', 'headers_large'],
    [451, 'HTTP 451 (blocked for legal reasons)', 'legal_reasons'],
    [499, 'HTTP 499'],
  ])('of %i concerns the address, and may pass', (status, reason, code) => {
    const expected = { class: 'transient', reason, ...explained(status, code), notHere: true };
    expect(classifyStatus(status)).toEqual(expected);
  });

  test('concerns the address exactly when it is a redirect or a refusal that does not concern the event', () => {
    const ofTheEvent = [400, 409, 413, 415, 422];
    const others = [408, 410, 425, 429];
    for (let status = 100; status < 600; status += 1) {
      const isRefusal = status >= 300 && status < 500;
      const expected = isRefusal && ![...ofTheEvent, ...others].includes(status);
      expect([status, classifyStatus(status).notHere ?? false]).toEqual([status, expected]);
      expect(isOfTheEvent(status)).toBe(ofTheEvent.includes(status));
    }
  });
});

describe('further advice', () => {
  test.each([
    [400, 'HTTP 400'],
    [401, 'HTTP 401 (not authorised; check the settings "headers" and "secret")'],
  ])('follows the reason of a %i', (status, words) => {
    const { class: outcomeClass, reason, explanation } = withAdvice(classifyStatus(status), 'try_json');
    expect(outcomeClass).toBe(classifyStatus(status).class);
    expect(reason).toBe(`${words}; try contentType: application/json`);
    expect(explanation?.advice).toEqual([{ code: 'try_json' }]);
  });
});

describe('no answer', () => {
  test.each<[HttpErrorCode, string]>([
    ['timeout', 'pause'],
    ['dns', 'transient'],
    ['connection', 'transient'],
    ['protocol', 'transient'],
    ['too_large', 'transient'],
    ['tls', 'broken'],
    ['blocked_address', 'broken'],
  ])('because of %s is %s, in the words of the error', async (code, expected) => {
    const silent = () =>
      Promise.reject(new HttpError({ code, host: 'h', ms: 12, message: 'h: what and why' }));
    expect(await attempt(silent, () => classifyStatus(200), NOW)).toEqual({
      class: expected,
      reason: 'h: what and why',
      ms: 12,
    });
  });

  test('because of an error of ours is transient, in its words', async () => {
    const failing = () => Promise.reject(new StoreError('unavailable', 'the store is away.'));
    expect(await attempt(failing, () => classifyStatus(200), NOW)).toEqual({
      class: 'transient',
      reason: 'the store is away.',
      ms: 0,
    });
  });

  test('because of what is no error is transient, and not shown', async () => {
    const failing = () => Promise.reject('secret');
    expect(await attempt(failing, () => classifyStatus(200), NOW)).toEqual(internalError('Error'));
  });

  test('because of an unexpected error is transient, and named by the class of the error', async () => {
    const failing = () => Promise.reject(new TypeError('secret'));
    expect(await attempt(failing, () => classifyStatus(200), NOW)).toEqual(internalError('TypeError'));
  });

  test('because nothing can be sent before somebody mends it is broken, in words and as a code', async () => {
    const error = new BrokenChannelError('no_aws_credentials');
    const failing = () => Promise.reject(error);
    expect(error).toMatchObject({ name: 'BrokenChannelError', code: 'broken_channel' });
    expect(await attempt(failing, () => classifyStatus(200), NOW)).toEqual({
      class: 'broken',
      reason: error.message,
      explanation: { what: [{ code: 'no_aws_credentials' }] },
      ms: 0,
    });
  });

  test('has the reason as codes, too, where the error has', async () => {
    const explanation: Explanation<FaultCode> = { at: 'h', what: [{ code: 'certificate_expired' }] };
    const silent = () => Promise.reject(new HttpError({ code: 'tls', host: 'h', ms: 12, explanation }));
    expect(await attempt(silent, () => classifyStatus(200), NOW)).toEqual({
      class: 'broken',
      reason: 'h: certificate has expired',
      explanation,
      ms: 12,
    });
  });
});

describe('clocks that differ', () => {
  const send = async (secondsApart: number, status = 401) => {
    const date = new Date(NOW.getTime() + secondsApart * 1000).toUTCString();
    const http = answering({ status, headers: { date } });
    return (await channelAt('https://ci.example.com/', SETTINGS.webhook, http)).send({
      events: [eventOf()],
      now: NOW,
    });
  };

  test.each([301, -301, 86_400])(
    'by %i s are detected and named where a signature may be refused because of that',
    async (seconds) => {
      const words = `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} ours`;
      expect(await send(seconds)).toMatchObject({
        clockSkewMs: seconds * 1000,
        reason: expect.stringContaining(words),
      });
    },
  );

  test.each([0, 60, -240])('by %i s are not reported', async (seconds) => {
    const outcome = await send(seconds);
    expect(outcome).not.toHaveProperty('clockSkewMs');
    expect(outcome.reason).not.toContain('clock');
  });

  test.each([
    [295, 295_000],
    [-295, -295_000],
    [294, undefined],
    [-294, undefined],
  ])('by %i s are detected just before a signature may be refused: %s', (seconds, expected) => {
    const date = new Date(NOW.getTime() + seconds * 1000).toUTCString();
    expect(clockSkewMs({ date }, NOW)).toBe(expected);
  });

  test.each([{}, { date: 'soon' }])('are not detected where the answer says %j', (headers) => {
    expect(clockSkewMs(headers, NOW)).toBeUndefined();
  });

  test('are detected but not blamed when the request was accepted', async () => {
    expect(await send(301, 204)).toEqual({
      class: 'delivered',
      reason: 'HTTP 204',
      status: 204,
      ms: 3,
      clockSkewMs: 301_000,
    });
  });

  test('by 301 s are detected on a real answer', async () => {
    const server = await httpServer((_request, response) => response.writeHead(400).end());
    const now = new Date(Date.now() - 301_000);
    const outcome = await (await channelAt(server.url(), SETTINGS.webhook, client())).send({
      events: [eventOf()],
      now,
    });
    expect(outcome.clockSkewMs).toBeGreaterThan(299_000);
    expect(outcome.reason).toContain('ahead of ours');
  });
});
