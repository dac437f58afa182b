import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { classify as dingtalk } from '../../lib/channels/dingtalk/answers.ts';
import { classify as eventgrid } from '../../lib/channels/eventgrid/answers.ts';
import { classify as feishu } from '../../lib/channels/feishu/answers.ts';
import { classify as pagerduty } from '../../lib/channels/pagerduty/answers.ts';
import { answerIn, isGone, classify as slackBot } from '../../lib/channels/slack_bot/answers.ts';
import { classify as smn } from '../../lib/channels/smn/answers.ts';
import { classify as teams } from '../../lib/channels/teams/answers.ts';
import { classify as wecom } from '../../lib/channels/wecom/answers.ts';
import { classify as welink } from '../../lib/channels/welink/answers.ts';

const answered = (status: number, body: string) => ({ status, body, headers: {}, truncated: false, ms: 3 });

/** `200 {"errcode":45009} → pause for 60 s: WeCom 45009: more than 20 messages a minute` */
const LINE = /^(\d+) (.*?) → (\w+)(?: after (\d) requests)?(?: for (\d+) s)?: (.*)$/;
const FORM_REFUSED = 'the format of the message was refused';

/** The lines that the channels of a type are held to in `reasons.test.ts`, as far as they are its vendor's own. */
function linesOf(type: string) {
  const file = readFileSync(new URL(`${type}/reasons.txt`, import.meta.url), 'utf8');
  return file
    .trimEnd()
    .split('\n')
    .flatMap((line) => {
      const [, status, body = '', outcome, requests, seconds, reason = ''] = LINE.exec(line) ?? [];
      if (reason.startsWith('HTTP ')) return [];
      // A bot of Slack also asks anew for other causes.
      const isForm = type === 'slack_bot' ? reason.endsWith(FORM_REFUSED) : requests === '2';
      const pauseMs = seconds === undefined ? undefined : Number(seconds) * 1000;
      return [{ line, status: Number(status), body, expected: [outcome, pauseMs, isForm, reason] }];
    });
}

describe.each([
  ['dingtalk', dingtalk],
  ['eventgrid', eventgrid],
  ['feishu', feishu],
  ['pagerduty', pagerduty],
  ['slack_bot', slackBot],
  ['smn', smn],
  ['teams', teams],
  ['wecom', wecom],
  ['welink', welink],
])('the table of %s', (type, classify) => {
  it.each(linesOf(type))('has the outcome of a channel: $line', ({ status, body, expected }) => {
    const { class: outcome, retryAfterMs, isForm = false, reason } = classify(answered(status, body));
    expect([outcome, retryAfterMs, isForm, reason]).toEqual(expected);
  });
});

describe('an answer of Teams', () => {
  it.each([200, 299])('with a page is not from Teams, and is not repeated: %i', (status) => {
    for (const body of ['<html>it works', '\n <p>']) {
      expect(teams(answered(status, body))).toMatchObject({
        class: 'permanent',
        reason: `HTTP ${status} with a web page instead of Teams' answer; check the URL`,
        notHere: true,
      });
    }
  });

  it.each([
    [199, 'transient'],
    [300, 'transient'],
    [500, 'transient'],
    [404, 'broken'],
  ])('that refuses is classified by its status, page or not: %i', (status, expected) => {
    const answer = teams(answered(status, '<html>'));
    expect(answer).toStrictEqual(teams(answered(status, '')));
    expect(answer.class).toBe(expected);
  });
});

describe('an answer of SMN', () => {
  it('without the id of a message may have been taken, and is not repeated', () => {
    expect(smn(answered(200, '{"request_id":"2"}'))).toMatchObject({
      class: 'permanent',
      reason: 'HTTP 200, but the answer is not from SMN; check the URL',
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
      reason: 'EventGrid failed: the event was not accepted',
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

describe('an answer of Feishu', () => {
  const answer = (code: number, msg: string, status = 200) =>
    feishu(answered(status, JSON.stringify({ code, msg })));

  it.each([
    ['that took the message, whatever else it says', 0, 'frequency ok', 'delivered'],
    ['about the bot, whatever else it says', 19001, 'too many requests', 'broken'],
    ['about the form of a message that came too fast', 9499, 'too many request', 'pause'],
    ['with a code of no document about a message that came too fast', 987654, 'frequency limited', 'pause'],
    ['with a code of no document', 987654, 'no', 'permanent'],
  ])('%s: %4$s', (_words, code, msg, expected) => {
    expect(answer(code, msg).class).toBe(expected);
  });

  it('with a code of no document and a failure of the server is tried again', () => {
    expect(answer(987654, 'no', 503).class).toBe('transient');
  });

  it.each(['{"ok":true}', '{"code":"0"}', '<html>'])('is none: %s', (body) => {
    expect(feishu(answered(200, body)).reason).toBe(
      'HTTP 200, but the answer is not from Feishu; check the URL',
    );
  });
});

describe('an answer of DingTalk', () => {
  const answer = (errcode: number, errmsg?: string) =>
    dingtalk(answered(200, JSON.stringify({ errcode, errmsg })));

  it.each([
    [0, 'speed is fine', 'delivered', 'DingTalk 0'],
    [300001, 'send too fast', 'pause', 'DingTalk 300001: more than 20 messages a minute'],
    [
      310000,
      'ip 203.0.113.7 not allowed',
      'broken',
      "DingTalk 310000: this machine's IP address is not on the robot's list of allowed addresses; add it there",
    ],
    [
      310000,
      'description',
      'broken',
      'DingTalk 310000: the security settings of the robot refuse the message; compare them with the settings "keyword" and "secret"',
    ],
    [
      987654,
      'invalid access_token',
      'broken',
      'DingTalk 987654: the robot does not exist; copy its URL again',
    ],
    [987654, 'no', 'permanent', 'DingTalk 987654: the message was refused'],
  ])('%i that says %j is %s', (errcode, errmsg, expected, reason) => {
    expect(answer(errcode, errmsg)).toMatchObject({ class: expected, reason });
  });

  it('needs a number as its code', () => {
    expect(dingtalk(answered(200, '{"errcode":"0"}')).reason).toBe(
      'HTTP 200, but the answer is not from DingTalk; check the URL',
    );
  });
});

describe('an answer of WeCom', () => {
  const answer = (errcode: number, errmsg?: string, status = 200) =>
    wecom(answered(status, JSON.stringify({ errcode, errmsg })));

  it.each([
    [45033, 'api concurrent out of limit', 'pause', 'WeCom 45033: more than 20 messages a minute'],
    [45009, 'limit exceed', 'pause', 'WeCom 45009: more than 20 messages a minute'],
    [93000, 'freq of a bad url', 'broken', 'WeCom 93000: the robot does not exist; copy its URL again'],
    [93004, '', 'broken', 'WeCom 93004: the robot was disabled; enable it, or create a new one'],
    [93008, '', 'broken', 'WeCom 93008: the robot is no longer in the group; create a new one'],
    [987654, 'api freq out of limit', 'pause', 'WeCom 987654: more than 20 messages a minute'],
    [987654, 'content exceed', 'permanent', 'WeCom 987654: the message was refused'],
  ])('%i that says %j is %s', (errcode, errmsg, expected, reason) => {
    expect(answer(errcode, errmsg)).toMatchObject({ class: expected, reason });
  });

  it('about a message that is too long or refused may pass in a simpler form', () => {
    expect(answer(93000, 'content exceed max length').isForm).toBe(true);
    expect(answer(987654).isForm).toBe(true);
  });

  it('with a code of no document and a failure of the server is tried again', () => {
    expect(answer(987654, '', 502).class).toBe('transient');
  });

  it('429 without a body is a pause of a minute', () => {
    expect(wecom(answered(429, ''))).toMatchObject({
      class: 'pause',
      reason: 'WeCom HTTP 429: more than 20 messages a minute',
      retryAfterMs: 60_000,
    });
  });

  it('needs a number as its code', () => {
    expect(wecom(answered(200, '{"errcode":"0"}')).reason).toBe(
      'HTTP 200, but the answer is not from WeCom; check the URL',
    );
  });
});

describe('an answer of WeLink', () => {
  it('may have its code as a number', () => {
    expect(welink(answered(200, '{"code":0}'))).toEqual({ class: 'delivered', reason: 'WeLink 0' });
  });

  it('that refuses the message does so with any status', () => {
    expect(welink(answered(500, '{"code":"58601"}')).class).toBe('permanent');
  });

  it('with a code of no document is classified by its status', () => {
    expect(welink(answered(200, '{"code":"987654"}'))).toMatchObject({
      class: 'permanent',
      reason: 'WeLink 987654: the message was refused',
    });
    expect(welink(answered(500, '{"code":"987654"}')).class).toBe('transient');
  });

  it('429 without a body is a pause of a minute', () => {
    expect(welink(answered(429, ''))).toEqual({
      class: 'pause',
      reason: 'WeLink HTTP 429',
      retryAfterMs: 60_000,
    });
  });

  it('needs a code', () => {
    expect(welink(answered(200, '{"ok":true}')).reason).toBe(
      'HTTP 200, but the answer is not from WeLink; check the URL',
    );
  });
});

describe('an answer of Slack to a bot', () => {
  const refusal = (error: string, status = 200) => answered(status, JSON.stringify({ ok: false, error }));
  const GONE = [
    'message_not_found',
    'cant_update_message',
    'edit_window_closed',
    'cannot_reply_to_message',
    'restricted_action_thread_locked',
  ];

  it.each(GONE)('%s says that the message is gone, and another one is posted', (word) => {
    const answer = refusal(word);
    expect(isGone(answerIn(answer))).toBe(true);
    expect(slackBot(answer)).toMatchObject({
      class: 'transient',
      reason: `Slack ${word}: the earlier message no longer exists; a new one will be posted`,
    });
  });

  it.each([
    ['another refusal', '{"ok":false,"error":"no_text"}'],
    ['a refusal without a word', '{"ok":false}'],
    ['no refusal', '{"ok":true,"error":"message_not_found"}'],
    ['nothing of Slack', '<html>'],
  ])('says nothing of a message that is gone when it is %s', (_words, body) => {
    expect(isGone(answerIn(answered(200, body)))).toBe(false);
  });

  it('holds what goes on with its message', () => {
    const answer = { ok: true, error: '', channel: 'C1', ts: '1.2', message: { thread_ts: '1.1' } };
    expect(answerIn(answered(200, JSON.stringify({ ...answer, extra: 1 })))).toEqual(answer);
    expect(answerIn(answered(200, '{"ok":false}'))).toEqual({ ok: false, error: '' });
    expect(answerIn(answered(200, '{"error":"no_text"}'))).toBeUndefined();
  });

  it.each(['Bearer x', 'no-text', '1', 'x'.repeat(61)])('never shows %j as its word', (word) => {
    expect(slackBot(refusal(word)).reason).toBe('Slack HTTP 200: Slack refused the message');
  });

  it('with a word of no document and a failure of the server is tried again', () => {
    expect(slackBot(refusal('nobody_knows_this', 503)).class).toBe('transient');
  });

  it('that is none may have been taken, and is not repeated', () => {
    expect(slackBot(answered(200, '{}')).reason).toBe(
      'HTTP 200, but the answer is not from Slack; check the URL',
    );
  });
});

describe('an answer of PagerDuty', () => {
  const answer = (status: number, body: object) => pagerduty(answered(status, JSON.stringify(body)));

  it.each([200, 202, 299])('%i with its word of success took the event', (status) => {
    expect(answer(status, { status: 'success' })).toEqual({
      class: 'delivered',
      reason: 'PagerDuty success',
    });
  });

  it.each([199, 300, 403, 500])('%i is tried again, whatever its word', (status) => {
    expect(answer(status, { status: 'success', errors: ['routing key'] }).class).toBe('transient');
  });

  it('of success with another word does not say whether it took the event', () => {
    expect(answer(202, { status: 'queued' })).toMatchObject({
      class: 'permanent',
      reason: 'PagerDuty queued: the answer does not say whether the event was accepted',
    });
  });

  it('without a word is none', () => {
    expect(answer(202, {}).reason).toBe('HTTP 202, but the answer is not from PagerDuty; check the URL');
    expect(answer(202, { status: 7 }).reason).toBe(
      'HTTP 202, but the answer is not from PagerDuty; check the URL',
    );
  });

  it.each([
    { message: 'no such routing key' },
    { errors: ['bad event', 'Invalid integration_key'] },
    { errors: 'ServiceKey is missing' },
  ])('that refuses the key is a broken channel: %j', (words) => {
    expect(answer(400, { status: 'invalid event', ...words })).toMatchObject({
      class: 'broken',
      reason: expect.stringContaining('the routing key was refused'),
    });
  });

  it('that refuses the event is the end of this event', () => {
    const words = { message: 'no routing', errors: ['key of it'] };
    expect(answer(400, { status: 'invalid event', ...words })).toMatchObject({
      class: 'permanent',
      reason: 'PagerDuty HTTP 400: the event was refused',
    });
  });
});
