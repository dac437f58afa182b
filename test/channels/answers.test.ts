import { describe, expect, it } from 'vitest';
import { classify as eventgrid } from '../../lib/channels/eventgrid/answers.ts';
import { classify as smn } from '../../lib/channels/smn/answers.ts';
import { classify as teams } from '../../lib/channels/teams/answers.ts';

const answered = (status: number, body: string) => ({ status, body, headers: {}, truncated: false, ms: 3 });

describe('an answer of Teams', () => {
  it.each([200, 299])('with a page is not from Teams, and is not repeated: %i', (status) => {
    for (const body of ['<html>it works', '\n <p>']) {
      expect(teams(answered(status, body))).toMatchObject({
        class: 'permanent',
        reason: `HTTP ${status} with a page, not Teams'; check the URL`,
        notHere: true,
      });
    }
  });

  it.each([
    [199, 'transient'],
    [300, 'transient'],
    [500, 'transient'],
    [404, 'broken'],
  ])('that refuses is judged by its status, page or not: %i', (status, expected) => {
    const answer = teams(answered(status, '<html>'));
    expect(answer).toStrictEqual(teams(answered(status, '')));
    expect(answer.class).toBe(expected);
  });
});

describe('an answer of SMN', () => {
  it('without the id of a message may have been taken, and is not repeated', () => {
    expect(smn(answered(200, '{"request_id":"2"}'))).toMatchObject({
      class: 'permanent',
      reason: "HTTP 200 without SMN's answer; check the URL",
    });
  });

  it('429 without a body is a pause of a minute', () => {
    expect(smn(answered(429, ''))).toMatchObject({
      class: 'pause',
      reason: 'SMN HTTP 429: too many requests',
      retryAfterMs: 60_000,
    });
  });
});

describe('an answer of EventGrid', () => {
  it.each([
    ['an event that failed without a code', '{"failed_count":1,"events":[{}]}'],
    ['a list of events in another form', '{"failed_count":1,"events":{}}'],
  ])('about %s is tried again', (_what, body) => {
    expect(eventgrid(answered(200, body))).toMatchObject({
      class: 'transient',
      reason: 'EventGrid failed: the event was not taken',
    });
  });

  it('has the first code of its events, whichever event has one', () => {
    const events = [{}, { error_code: null }, { error_code: 'EG.00513005' }];
    expect(eventgrid(answered(200, JSON.stringify({ failed_count: 1, events }))).class).toBe('broken');
  });

  it('has its prefix removed, and no other part of its code', () => {
    const codeOf = (code: string) => eventgrid(answered(400, JSON.stringify({ error_code: code }))).reason;
    expect(codeOf('EG.1')).toBe('EventGrid 1');
    expect(codeOf('MEG.1')).toBe('EventGrid MEG.1');
  });
});
