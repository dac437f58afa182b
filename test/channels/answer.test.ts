import { describe, expect, test } from 'vitest';
import { retryAfterMs } from '../../lib/channels/answer.ts';
import { client, httpServer } from '../http/servers.ts';
import { answering, channelAt, eventOf, NOW, SETTINGS } from './support.ts';

describe('Retry-After', () => {
  test.each([
    ['5', 5000],
    ['0', 0],
    [' 7 ', 7000],
    ['1000000000', 1e12],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
    ['5, 30', 30_000],
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

  test('means nothing when it is absent', () => {
    expect(retryAfterMs({}, NOW)).toBeUndefined();
  });

  test.each([204, 400])('changes nothing when a %i has settled the delivery', async (status) => {
    const http = answering({ status, headers: { 'retry-after': '60' } });
    const channel = channelAt('https://ci.example.com/', SETTINGS.webhook, http);
    expect(await channel.send({ events: [eventOf()], now: NOW })).not.toHaveProperty('retryAfterMs');
  });

  test('as a date is read by the clock of whoever wrote it', () => {
    const headers = { date: 'Mon, 05 Jan 2026 04:00:00 GMT', 'retry-after': 'Mon, 05 Jan 2026 04:02:00 GMT' };
    expect(retryAfterMs(headers, NOW)).toBe(120_000);
  });
});

describe('clocks that differ', () => {
  const send = (secondsApart: number, status = 401) => {
    const date = new Date(NOW.getTime() + secondsApart * 1000).toUTCString();
    const http = answering({ status, headers: { date } });
    return channelAt('https://ci.example.com/', SETTINGS.webhook, http).send({
      events: [eventOf()],
      now: NOW,
    });
  };

  test.each([301, -301, 86_400])(
    'by %i s are noticed and named where a signature may be refused for it',
    async (seconds) => {
      const words = `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} ours`;
      expect(await send(seconds)).toMatchObject({
        clockSkewMs: seconds * 1000,
        reason: expect.stringContaining(words),
      });
    },
  );

  test.each([0, 60, -240])('by %i s are nobody’s business', async (seconds) => {
    const outcome = await send(seconds);
    expect(outcome).not.toHaveProperty('clockSkewMs');
    expect(outcome.reason).not.toContain('clock');
  });

  test('are noticed but not blamed when the request was accepted', async () => {
    expect(await send(301, 204)).toEqual({
      class: 'delivered',
      reason: 'HTTP 204',
      status: 204,
      ms: 3,
      clockSkewMs: 301_000,
    });
  });

  test('by 301 s are noticed on a real answer', async () => {
    const server = await httpServer((_request, response) => response.writeHead(400).end());
    const now = new Date(Date.now() - 301_000);
    const outcome = await channelAt(server.url(), SETTINGS.webhook, client()).send({
      events: [eventOf()],
      now,
    });
    expect(outcome.clockSkewMs).toBeGreaterThan(299_000);
    expect(outcome.reason).toContain('ahead of ours');
  });
});
