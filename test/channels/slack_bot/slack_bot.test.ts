import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createChannel } from '../../../lib/channels/index.ts';
import type { EventData, EventType } from '../../../lib/events/event.ts';
import { type Overview, overviewOfEvent } from '../../../lib/events/overview.ts';
import { client } from '../../http/servers.ts';
import { channelSchema } from '../../support/channel-types.ts';
import { expectNoSecret } from '../../support/secrets.ts';
import { SLACK_CHANNEL, SLACK_TOKEN, type SlackPost, startTestSlack } from '../../support/slack.ts';
import { CHANGE, eventOf, FIRST_SEEN, NOW, TASK } from '../support.ts';

const SIGHT = eventOf(FIRST_SEEN, 'dcs.migration.first_seen');
const INFO: EventData = { ...CHANGE, severity: 'info' };
const FAILED: EventData = { ...CHANGE, severity: 'failure', summary: 'migration1: migration failed' };

const kept = async () => true;

/** A receipt that says what its message shows. */
const receiptOf = (ts: string): unknown =>
  expect.stringMatching(new RegExp(`^${SLACK_CHANNEL} ${ts} [0-9a-f]{16}$`));

async function slackBot(settings: Readonly<Record<string, unknown>> = {}) {
  const slack = await startTestSlack();
  onTestFinished(() => slack.close());
  const config = channelSchema.parse({
    type: 'slack_bot',
    token: SLACK_TOKEN,
    channel: SLACK_CHANNEL,
    baseUrl: slack.url,
    allowInsecure: true,
    ...settings,
  });
  const channel = await createChannel('live', config, { http: client() });
  let thread: string | undefined;
  /** As deliveries do: what the channel must remember is given back with the next message. */
  const send = async (data: EventData = INFO, type?: EventType) => {
    const given = thread === undefined ? {} : { thread };
    const events = [type === undefined ? eventOf(data) : eventOf(data, type)];
    const outcome = await channel.send({ events, now: NOW, ...given });
    if (outcome.receipt !== undefined) thread = outcome.receipt === '' ? undefined : outcome.receipt;
    return outcome;
  };
  /** The same bot in a process that has just started. */
  const started = () => createChannel('live', config, { http: client() });
  return { slack, channel, send, started, firstSight: () => send(FIRST_SEEN, 'dcs.migration.first_seen') };
}

function threadsOf(posts: readonly SlackPost[]): (string | undefined)[] {
  return posts.map(({ thread }) => thread);
}

describe('a Slack bot', () => {
  test('posts one message at first sight, which shows where the task stands', async () => {
    const { slack, firstSight } = await slackBot();
    expect(await firstSight()).toMatchObject({
      class: 'delivered',
      receipt: receiptOf('1767579120.000001'),
    });
    const [post, ...others] = slack.posts();
    expect(others).toEqual([]);
    expect(post?.text).toMatch(/^ℹ️ migration1: full synchronisation\n/);
    expect(post?.thread).toBeUndefined();
    expect(slack.calls()[0]?.body).toMatchObject({ channel: SLACK_CHANNEL, unfurl_links: false });
  });

  test('posts each later event as a reply to it', async () => {
    const { slack, send, firstSight } = await slackBot();
    await firstSight();
    expect(await send()).toMatchObject({ class: 'delivered' });
    expect(await send()).not.toHaveProperty('receipt');
    const [root, ...replies] = slack.posts();
    expect(threadsOf(replies)).toEqual([root?.ts, root?.ts]);
    expect(slack.calls()[1]?.body).toMatchObject({
      channel: SLACK_CHANNEL,
      metadata: { event_type: 'dcs_migration', event_payload: { event_id: eventOf(INFO).id } },
    });
  });

  test('posts a message and a reply where the first event says more than where the task stands', async () => {
    const { slack, send } = await slackBot({ mention: '<!here>' });
    await send(FAILED);
    const [root, reply] = slack.posts();
    expect(root?.content).not.toContain('<!here>');
    expect(reply).toMatchObject({ thread: root?.ts, isBroadcast: true });
    expect(reply?.content).toContain('<!here>');
  });

  test.each([
    ['failure', true],
    ['action', true],
    ['info', false],
    ['success', false],
  ] as const)('shows a reply of severity %s in the channel, too: %s', async (severity, isSeen) => {
    const { slack, send, firstSight } = await slackBot();
    await firstSight();
    await send({ ...CHANGE, severity });
    expect(slack.posts().at(-1)?.isBroadcast).toBe(isSeen);
  });

  test('shows what mentions people in the channel, whatever its severity', async () => {
    const { slack, send, firstSight } = await slackBot({ mention: '<!here>', mentionOn: ['success'] });
    await firstSight();
    await send({ ...CHANGE, severity: 'success' });
    expect(slack.posts().at(-1)).toMatchObject({ isBroadcast: true });
  });

  test('posts events of several tasks, and of a project, as messages of their own', async () => {
    const { slack, channel } = await slackBot();
    const other = eventOf({ ...FIRST_SEEN, task: { ...TASK, id: 'another' } }, 'dcs.migration.first_seen');
    const many = await channel.send({ events: [SIGHT, other], now: NOW });
    const { task: _task, ...rest } = CHANGE;
    const project = { id: TASK.projectId, name: 'prod', region: 'cn-north-4', tasks: 3 };
    const ofProject = await channel.send({ events: [eventOf({ ...rest, project })], now: NOW });
    expect([many, ofProject].map((outcome) => outcome.receipt)).toEqual([undefined, undefined]);
    expect(threadsOf(slack.posts())).toEqual([undefined, undefined]);
    expect(slack.posts()[0]?.text).toContain('2 tasks are now watched');
  });

  test('takes a name of the channel, and goes on with the id that Slack answers', async () => {
    const { slack, send, firstSight } = await slackBot({ channel: '#redis' });
    await firstSight();
    await send();
    expect(slack.calls().map(({ body }) => body.channel)).toEqual(['#redis', SLACK_CHANNEL]);
  });
});

describe('a message of a Slack bot that is gone', () => {
  test('is forgotten when a reply to it stands in the channel, and the next event has another one', async () => {
    const { slack, send, firstSight } = await slackBot();
    await firstSight();
    slack.delete('1767579120.000001');
    expect(await send()).toMatchObject({ class: 'delivered', receipt: '' });
    expect(await send()).toMatchObject({ class: 'delivered', receipt: receiptOf('1767579120.000003') });
    expect(threadsOf(slack.posts())).toEqual([undefined, undefined, '1767579120.000003']);
  });

  test.each(['cannot_reply_to_message', 'restricted_action_thread_locked', 'message_not_found'])(
    'is posted anew in the same attempt when a reply is refused with %s',
    async (word) => {
      const { slack, send, firstSight } = await slackBot();
      await firstSight();
      slack.answer('chat.postMessage', word);
      expect(await send()).toMatchObject({
        class: 'delivered',
        receipt: receiptOf('1767579120.000002'),
      });
      expect(threadsOf(slack.posts())).toEqual([undefined, undefined, '1767579120.000002']);
    },
  );

  test.each(['message_not_found', 'cant_update_message', 'edit_window_closed'])(
    'is known to be so by an edit that is refused with %s',
    async (word) => {
      const { slack, channel, firstSight } = await slackBot();
      const { receipt = '' } = await firstSight();
      slack.answer('chat.update', word);
      expect(await channel.live?.show(overviewOfEvent(eventOf()), receipt, NOW, kept)).toBe('gone');
      expect(await channel.live?.show(overviewOfEvent(eventOf()), 'nonsense', NOW, kept)).toBe('gone');
    },
  );
});

describe('the outcome of a Slack bot', () => {
  test('of a reply that fails keeps the message that was posted for it', async () => {
    const { slack, send } = await slackBot();
    slack.answer('chat.postMessage', { status: 200, body: takenAs('1767579120.000900') }, 'ratelimited');
    expect(await send()).toMatchObject({
      class: 'pause',
      retryAfterMs: 60_000,
      receipt: receiptOf('1767579120.000900'),
    });
    expect(await send()).toMatchObject({ class: 'delivered' });
    expect(slack.calls().map(({ body }) => body.thread_ts)).toEqual([
      undefined,
      '1767579120.000900',
      '1767579120.000900',
    ]);
  });

  test('of a message that is refused is that of the refusal, and nothing is remembered', async () => {
    const { slack, send } = await slackBot();
    slack.answer('chat.postMessage', 'not_in_channel');
    const outcome = await send();
    expect(outcome).toMatchObject({
      class: 'broken',
      reason: 'Slack not_in_channel: /invite the bot to the channel',
    });
    expect(outcome).not.toHaveProperty('receipt');
    expect(slack.calls()).toHaveLength(1);
  });

  test('of a broadcast that is not allowed is that of the same reply without it', async () => {
    const { slack, send, firstSight } = await slackBot();
    await firstSight();
    slack.answer('chat.postMessage', 'cant_broadcast_message');
    expect(await send(FAILED)).toMatchObject({ class: 'delivered' });
    expect(slack.calls().map(({ body }) => body.reply_broadcast)).toEqual([undefined, true, undefined]);
    expect(slack.calls()[2]?.body.metadata).toBeDefined();
  });

  test('of metadata that are not allowed is that of the same reply without them', async () => {
    const { slack, send, firstSight } = await slackBot();
    await firstSight();
    slack.answer('chat.postMessage', 'metadata_must_be_sent_from_app');
    expect(await send(FAILED)).toMatchObject({ class: 'delivered' });
    const [, , again] = slack.calls();
    expect(again?.body.metadata).toBeUndefined();
    expect(again?.body).toMatchObject({ reply_broadcast: true, thread_ts: '1767579120.000001' });
  });

  test('of blocks that are refused is that of the same as text', async () => {
    const { slack, send, firstSight } = await slackBot();
    await firstSight();
    slack.answer('chat.postMessage', 'invalid_blocks');
    expect(await send(FAILED)).toMatchObject({ class: 'delivered' });
    const [, , plain] = slack.calls();
    expect(Object.keys(plain?.body ?? {}).toSorted()).toEqual([
      'channel',
      'mrkdwn',
      'reply_broadcast',
      'text',
      'thread_ts',
      'unfurl_links',
      'unfurl_media',
    ]);
  });

  test('never holds the token or the text of a stranger', async () => {
    const { slack, send } = await slackBot();
    slack.answer('chat.postMessage', { status: 502, body: `<p>${SLACK_TOKEN}</p>` }, SLACK_TOKEN);
    for (const outcome of [await send(), await send()]) expectNoSecret(outcome, [SLACK_TOKEN]);
  });
});

function takenAs(ts: string): string {
  return JSON.stringify({ ok: true, channel: SLACK_CHANNEL, ts, message: { ts } });
}

describe('the message of a task that a Slack bot edits', () => {
  const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
  const copying = (percent: number): Overview => ({
    type: 'dcs.migration.progress',
    subject: TASK.id,
    at: NOW.toISOString(),
    facts: {
      task: TASK,
      standing: { status: 'FULLMIGRATING', phase: 'full', since: '2026-01-05T00:10:00.000Z' },
      progress: { percent, mark: 0, percentPerHour: 30, secondsLeft: 5580 },
      severity: 'info',
    },
    consoleUrl: '',
  });

  test('shows phase, progress, and time left; text, blocks and colour each time', async () => {
    const { slack, channel, firstSight } = await slackBot();
    const { receipt = '' } = await firstSight();
    expect(await channel.live?.show(copying(53.4), receipt, at(60), kept)).toBe('shown');
    const [post] = slack.posts();
    expect(post?.text).toMatch(/^ℹ️ migration1: full synchronisation, 53.4 %\n/);
    expect(post?.content).toContain('▓▓▓▓▓░░░░░ 53.4 %');
    expect(post?.content).toContain('about 1 h 33 min at this rate');
    expect(slack.calls('chat.update')[0]?.body).toMatchObject({
      channel: SLACK_CHANNEL,
      ts: post?.ts,
      blocks: [{ type: 'header' }],
      attachments: [{ color: expect.stringMatching(/^#/) }],
    });
  });

  test('is edited only when what it shows has changed', async () => {
    const { slack, channel, firstSight } = await slackBot();
    let { receipt = '' } = await firstSight();
    const keep = async (given: string) => {
      receipt = given;
      return true;
    };
    const results: unknown[] = [];
    for (const seconds of [60, 120, 180]) {
      const overview = { ...copying(50), at: at(seconds).toISOString() };
      results.push(await channel.live?.show(overview, receipt, at(seconds), keep));
    }
    expect(results).toEqual(['shown', 'unchanged', 'unchanged']);
    expect(slack.posts()[0]?.edits).toBe(1);
  });

  test('is edited at most every 30 seconds', async () => {
    const { slack, channel, firstSight } = await slackBot();
    const { receipt = '' } = await firstSight();
    const results: unknown[] = [];
    for (const [seconds, percent] of [
      [1, 10],
      [20, 20],
      [30.9, 30],
      [31, 40],
      [60, 50],
      [61, 60],
    ] as const) {
      results.push(await channel.live?.show(copying(percent), receipt, at(seconds), kept));
    }
    expect(results).toEqual(['shown', 'unchanged', 'unchanged', 'shown', 'unchanged', 'shown']);
    expect(slack.posts()[0]?.edits).toBe(3);
  });

  test('is edited again after an edit failed, and not before the pause that Slack asks for is over', async () => {
    const { slack, channel, firstSight } = await slackBot();
    const { receipt = '' } = await firstSight();
    slack.answer('chat.update', 'internal_error', { status: 429, headers: { 'retry-after': '120' } });
    const show = (seconds: number) => channel.live?.show(copying(50), receipt, at(seconds), kept);
    expect(await show(0)).toBe('failed');
    expect(await show(30)).toBe('failed');
    expect(await show(100)).toBe('unchanged');
    expect(await show(150)).toBe('shown');
  });

  test('is edited as text where its blocks are refused', async () => {
    const { slack, channel, firstSight } = await slackBot();
    const { receipt = '' } = await firstSight();
    slack.answer('chat.update', 'invalid_blocks');
    expect(await channel.live?.show(copying(50), receipt, at(0), kept)).toBe('shown');
    expect(slack.calls('chat.update')[1]?.body).toMatchObject({ blocks: [], attachments: [] });
  });
});

describe('the receipt of a Slack bot', () => {
  const keyOf = async (settings: Readonly<Record<string, unknown>>) => {
    const config = channelSchema.parse({
      type: 'slack_bot',
      token: SLACK_TOKEN,
      channel: '#ops',
      ...settings,
    });
    return (await createChannel('live', config, { http: client() })).receiptKey;
  };

  test.each([
    ['a rotated token', { token: 'xoxb-another-one' }],
    ['another language and time zone', { language: 'zh', timeZone: 'Asia/Shanghai' }],
    ['another mention', { mention: '<!here>', mentionOn: ['action'] }],
    ['the same name without its sign', { channel: 'ops' }],
  ])('holds with %s', async (_name, settings) => {
    expect(await keyOf(settings)).toBe(await keyOf({}));
  });

  test.each([
    ['another channel', { channel: '#dba' }],
    ['another Slack', { baseUrl: 'https://slack-gov.com/api' }],
  ])('does not hold in %s', async (_name, settings) => {
    expect(await keyOf(settings)).not.toBe(await keyOf({}));
  });

  test('lets a process that has just started leave alone a message that shows this already', async () => {
    const { slack, firstSight, started } = await slackBot();
    const { receipt = '' } = await firstSight();
    const calls = slack.calls().length;
    const shown = overviewOfEvent(SIGHT);
    expect(await (await started()).live?.show(shown, receipt, NOW, kept)).toBe('unchanged');
    expect(slack.calls()).toHaveLength(calls);
  });

  test('says nothing of what the message shows any more before it is edited', async () => {
    const { slack, firstSight, started } = await slackBot();
    const { receipt = '' } = await firstSight();
    const keep = vi.fn(async () => slack.calls('chat.update').length === 0);
    const later = overviewOfEvent(eventOf(FAILED));
    expect(await (await started()).live?.show(later, receipt, NOW, keep)).toBe('shown');
    expect(keep.mock.calls).toEqual([[`${SLACK_CHANNEL} 1767579120.000001`]]);
    expect(slack.posts()[0]).toMatchObject({ edits: 1 });
  });

  test('keeps the message from being edited while it cannot be changed itself', async () => {
    const { slack, firstSight, started } = await slackBot();
    const { receipt = '' } = await firstSight();
    const later = overviewOfEvent(eventOf(FAILED));
    expect(await (await started()).live?.show(later, receipt, NOW, async () => false)).toBe('unchanged');
    expect(slack.calls('chat.update')).toEqual([]);
  });

  test('of an older version does not say what the message shows: it is edited once', async () => {
    const { slack, firstSight, started } = await slackBot();
    await firstSight();
    const { live } = await started();
    const never = () => Promise.reject(new Error('nothing to keep'));
    const show = (ms: number) =>
      live?.show(
        overviewOfEvent(SIGHT),
        `${SLACK_CHANNEL} 1767579120.000001`,
        new Date(NOW.getTime() + ms),
        never,
      );
    expect([await show(0), await show(60_000)]).toEqual(['shown', 'unchanged']);
    expect(slack.posts()[0]).toMatchObject({ edits: 1 });
  });

  test('is of the place that a name stood for: where the bot does not see that, it begins anew', async () => {
    const { slack, channel } = await slackBot({ channel: '#ops' });
    slack.answer('chat.postMessage', 'channel_not_found');
    const thread = 'C0OLD 1767579120.000009';
    expect(await channel.send({ events: [eventOf(INFO)], now: NOW, thread })).toMatchObject({
      class: 'delivered',
      receipt: receiptOf('1767579120.000001'),
    });
    expect(threadsOf(slack.posts())).toEqual([undefined, '1767579120.000001']);
  });

  test('is of the id that the settings give: where the bot does not see that, it is broken', async () => {
    const { slack, channel } = await slackBot();
    slack.answer('chat.postMessage', 'channel_not_found');
    const thread = `${SLACK_CHANNEL} 1767579120.000009`;
    const outcome = await channel.send({ events: [eventOf(INFO)], now: NOW, thread });
    expect(outcome.class).toBe('broken');
    expect(slack.posts()).toEqual([]);
  });
});
