import { describe, expect, test } from 'vitest';
import type { EventType, MigrationEvent } from '../../../lib/events/event.ts';
import type { Severity } from '../../../lib/events/phase.ts';
import type { HttpClient, HttpRequest } from '../../../lib/http/client.ts';
import { channelSchema } from '../../support/channel-types.ts';
import { sampleOf } from '../samples.ts';
import { answering, CHANGE, channelAt, eventOf, NOW, SETTINGS } from '../support.ts';

/** The post of a Slack channel with these settings about one event. */
async function posted(mentionOn: readonly string[] | undefined, type: EventType, severity: Severity) {
  const bodies: string[] = [];
  const http: HttpClient = {
    ...answering({ body: 'ok' }),
    request: (request: HttpRequest, limits) => {
      bodies.push(request.body ?? '');
      return answering({ body: 'ok' }).request(request, limits);
    },
  };
  const settings = { ...SETTINGS.slack, mention: '<!here>', ...(mentionOn !== undefined && { mentionOn }) };
  const channel = await channelAt('https://hooks.slack.com/services/T0/B0/x', settings, http);
  await channel.send({ events: [eventOf({ ...CHANGE, severity }, type)], now: NOW });
  return bodies.join();
}

describe('who is mentioned', () => {
  test.each(['info', 'action', 'success'] as const)(
    'is nobody by default for severity %s',
    async (severity) => {
      expect(await posted(undefined, 'dcs.migration.status_changed', severity)).not.toContain('<!here>');
    },
  );

  test('is called by default when something failed', async () => {
    expect(await posted(undefined, 'dcs.migration.status_changed', 'failure')).toContain('<!here>');
  });

  test('is called for the severities that mentionOn lists, and for no others', async () => {
    const mentionOn = ['action', 'success'];
    expect(await posted(mentionOn, 'dcs.migration.status_changed', 'action')).toContain('<!here>');
    expect(await posted(mentionOn, 'dcs.migration.status_changed', 'failure')).not.toContain('<!here>');
  });

  test('is called for the event types that mentionOn lists, whatever their severity', async () => {
    const mentionOn = ['migration.cutover_ready'];
    expect(await posted(mentionOn, 'dcs.migration.cutover_ready', 'action')).toContain('<!here>');
    expect(await posted(mentionOn, 'dcs.migration.cutover_unready', 'action')).not.toContain('<!here>');
  });

  test('is nobody where mentionOn is empty', async () => {
    expect(await posted([], 'dcs.migration.status_changed', 'failure')).not.toContain('<!here>');
  });

  test.each([
    ['failed', 'did you mean failure?'],
    ['migration.cutover_redy', 'did you mean migration.cutover_ready?'],
    ['dcs.migration.gon', 'did you mean migration.gone?'],
  ])('cannot depend on %s, and the error says what was meant', (word, hint) => {
    const read = channelSchema.safeParse({
      ...SETTINGS.slack,
      url: 'https://hooks.slack.com/a',
      mentionOn: [word],
    });
    expect(read.error?.issues.map(({ message }) => message).join()).toContain(hint);
  });
});

describe.each(['slack', 'slack_bot'])('a digest of quiet hours, sent by %s', (type) => {
  const now = new Date(NOW.getTime() + 8 * 3_600_000);
  const event = (minute: number, type: EventType, data: object) => {
    const time = new Date(NOW.getTime() + minute * 60_000).toISOString();
    return { ...eventOf({ ...CHANGE, ...data }, type), id: `evt_${minute}`, time };
  };
  const failed = event(1, 'dcs.migration.status_changed', { severity: 'failure' });
  const restarted = event(2, 'dcs.migration.status_changed', { severity: 'info' });
  const gone = { ...event(3, 'dcs.watch.failing', { to: undefined }), subject: 'other' };

  async function digest(events: readonly MigrationEvent[]): Promise<string> {
    const { settings: sample, place, taken } = sampleOf(type);
    const bodies: string[] = [];
    const http: HttpClient = {
      ...answering({}),
      request: (request: HttpRequest, limits) => {
        bodies.push(request.body ?? '');
        return answering({ body: taken }).request(request, limits);
      },
    };
    const settings = { type, ...sample, mention: '<!here>' };
    await (await channelAt('https://hooks.slack.com/services/T0/B0/x', settings, http, place)).send({
      events,
      now,
      held: true,
    });
    return bodies.join();
  }

  test('calls somebody when one of its events would', async () => {
    expect(await digest([restarted, gone, { ...failed, subject: 'third' }])).toContain('<!here>');
  });

  test('calls nobody for what is over when it is sent', async () => {
    const text = await digest([failed, restarted, gone]);
    expect(text).toContain('No longer current:');
    expect(text).not.toContain('<!here>');
    expect(text).not.toContain('❌');
  });

  test('says of an action that may no longer be taken that its time is over', async () => {
    const validUntil = new Date(NOW.getTime() + 3_600_000).toISOString();
    const ready = event(4, 'dcs.migration.cutover_ready', { to: undefined, validUntil });
    expect(await digest([restarted, ready])).toContain('EXPIRED at');
    expect(await digest([restarted, ready])).not.toContain('valid until');
  });
});
