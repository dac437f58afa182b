import fc from 'fast-check';
import { createTransport } from 'nodemailer';
import { describe, expect, test } from 'vitest';
import { mailOf, ROOM } from '../../../lib/channels/email/mail.ts';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import { groupSource } from '../../../lib/events/source.ts';
import { en } from '../../../lib/language/en.ts';
import { compose } from '../../../lib/messages/compose.ts';
import { channelSchema } from '../../support/channel-types.ts';
import { expectNoSecret } from '../../support/secrets.ts';
import { nastyEvents } from '../nasty.ts';
import { CHANGE, eventOf, FAILED, NOW, TASK } from '../support.ts';
import { headersIn, mailServer, mailTo, partsIn, words } from './mail-server.ts';
import { PASSWORD, sample, USER } from './sample.ts';

async function sent(
  events: readonly MigrationEvent[],
  settings: Readonly<Record<string, unknown>> = {},
  reminder = false,
) {
  const server = await mailServer();
  const outcome = await (await mailTo(server.port, settings)).send({ events, now: NOW, reminder });
  expect(outcome.class).toBe('delivered');
  const [mail] = server.mails;
  const raw = mail?.raw ?? '';
  return { headers: headersIn(raw), ...partsIn(raw), to: mail?.to ?? [], raw };
}

describe('a mail', () => {
  test('says what happened in its subject, and who it is from and for', async () => {
    const { headers } = await sent([eventOf(FAILED)], {
      from: 'Redis watch <watch@example.com>',
      to: ['dba@example.com', 'ops@example.com'],
    });
    expect(words(headers.get('subject'))).toBe('❌ FAILED · migration1: migration failed');
    expect(headers.get('from')).toBe('Redis watch <watch@example.com>');
    expect(headers.get('to')).toBe('dba@example.com, ops@example.com');
    expect(headers.get('date')).toBe('Mon, 05 Jan 2026 02:12:03 +0000');
    expect(headers.get('auto-submitted')).toBe('auto-generated');
    expect(headers.get('x-dcs-event')).toBe(eventOf(FAILED).id);
    expect(headers.get('importance')).toBe('High');
  });

  test('has the facts, a link and the ids as text', async () => {
    const { text } = await sent([eventOf(FAILED)]);
    expect(text).toBe(
      [
        '❌ FAILED · migration1: migration failed',
        '',
        'Status: FULLMIGRATING (full) → MIGRATION_FAILED (failed)',
        'Source → target: dcs-test (192.168.1.2:6379) → test-instance (192.168.1.3:6379)',
        'Project: prod (cn-north-4)',
        'Previous phase: full, for 2 h 2 min',
        '',
        `console: ${CHANGE.consoleUrl}`,
        `task ${TASK.id} · event 7 · 2026-01-05 02:12 UTC`,
        '',
      ].join('\n'),
    );
  });

  test('has the same as HTML, with labels that stand out and a bar of its colour', async () => {
    const { html } = await sent([eventOf(FAILED)]);
    expect(html).toContain('solid #e5484d"><h1 style=');
    expect(html).toContain('>❌ FAILED · migration1: migration failed</h1>');
    expect(html).toMatch(/<th scope="row" style="[^"]*font-weight:600">Status<\/th><td/);
    expect(html).toContain(`<a href="${CHANGE.consoleUrl}">console</a>`);
    expect(html).toContain('<meta name="viewport" content="width=device-width,initial-scale=1">');
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
  });

  test('is in the language of the chat', async () => {
    const { headers, text } = await sent([eventOf(FAILED)], { language: 'zh', timeZone: 'Asia/Shanghai' });
    expect(words(headers.get('subject'))).toMatch(/migration1：/);
    expect(text).toContain('UTC+8');
  });

  test('about anything but a failure is of no special importance', async () => {
    const { headers } = await sent([eventOf()]);
    expect(headers.has('importance')).toBe(false);
  });
});

describe('the id of a mail', () => {
  const idsOf = async (...mails: Parameters<typeof sent>[]) =>
    Promise.all(mails.map(async (mail) => (await sent(...mail)).headers.get('message-id')));

  test('is that of its event, and another for a reminder', async () => {
    const event = eventOf(FAILED);
    const [first, again, reminder] = await idsOf([[event]], [[event]], [[event], {}, true]);
    expect(first).toBe(`<${event.id}@dcs-migration-watch>`);
    expect(again).toBe(first);
    expect(reminder).not.toBe(first);
    expect(reminder).toContain(event.id);
  });

  test('stands for all of its events', async () => {
    const [one, other] = [eventOf(FAILED, undefined, 8), eventOf(CHANGE, undefined, 9)];
    const [both, again, first] = await idsOf([[one, other]], [[one, other]], [[one]]);
    expect(again).toBe(both);
    expect(first).not.toBe(both);
  });
});

describe('the thread of a mail', () => {
  const threadOf = async (...events: MigrationEvent[]) => {
    const { headers } = await sent(events);
    expect(headers.get('references')).toBe(headers.get('in-reply-to'));
    return headers.get('references');
  };

  test('is one for each task', async () => {
    expect(await threadOf(eventOf(FAILED))).toBe(`<${TASK.id}@dcs-migration-watch>`);
    expect(await threadOf(eventOf(CHANGE, undefined, 8))).toBe(`<${TASK.id}@dcs-migration-watch>`);
  });

  test('is one for each group, whatever it is called', async () => {
    const group = (name: string): MigrationEvent => ({
      ...eventOf({
        severity: 'failure',
        summary: `${name}: failed`,
        group: { name, size: 1, projects: [], members: [] },
      }),
      source: groupSource(name),
      subject: name,
    });
    const thread = await threadOf(group('数据库 <a@b>'));
    expect(thread).toMatch(/^<[\w-]+@dcs-migration-watch>$/);
    expect(await threadOf(group('数据库 <a@b>'))).toBe(thread);
    expect(await threadOf(group('other'))).not.toBe(thread);
  });

  test('is none for a digest of several tasks', async () => {
    expect(await threadOf(eventOf(), { ...eventOf(), source: '/other' })).toBeUndefined();
  });
});

describe('a mention in mails', () => {
  const MENTION = { mention: ['boss@example.com'] };

  test('is a copy for those who are called, when somebody is to be called', async () => {
    const { headers, to } = await sent([eventOf(FAILED)], MENTION);
    expect(headers.get('cc')).toBe('boss@example.com');
    expect(to).toEqual(['dba@example.com', 'boss@example.com']);
  });

  test('is none for other events and for drills', async () => {
    expect((await sent([eventOf()], MENTION)).to).toEqual(['dba@example.com']);
    expect((await sent([{ ...eventOf(FAILED), drill: true }], MENTION)).to).toEqual(['dba@example.com']);
    expect((await sent([eventOf()], { ...MENTION, mentionOn: ['action'] })).to).toHaveLength(2);
  });
});

describe('whatever names and texts there are', () => {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const addressing = {
    from: { name: '', address: 'watch@example.com' },
    to: [{ name: '', address: 'dba@example.com' }],
  };
  const rawOf = async (events: readonly [MigrationEvent, ...MigrationEvent[]]) => {
    const message = compose(events, { language: en, room: ROOM, now: NOW });
    const { message: raw } = await transport.sendMail(mailOf(message, { events, now: NOW }, addressing));
    return String(raw);
  };
  const NAMES = new Set(
    'from to subject message-id in-reply-to references date mime-version content-type auto-submitted x-auto-response-suppress x-dcs-event importance x-priority x-msmail-priority'.split(
      ' ',
    ),
  );

  test('has no header, no address, no markup and no link of theirs', async () => {
    await fc.assert(
      fc.asyncProperty(nastyEvents, async (events) => {
        const raw = await rawOf(events);
        const headers = headersIn(raw);
        expect([...headers.keys()].filter((name) => !NAMES.has(name))).toEqual([]);
        expect(headers.get('to')).toBe('dba@example.com');
        expect(raw.length).toBeLessThan(1_000_000);
        for (const line of raw.split('\r\n')) expect(line.length).toBeLessThan(998);
        const { html, text } = partsIn(raw);
        expect(html.replace(OURS, '')).not.toMatch(/<|&(?!(?:amp|lt|gt|quot|#39);)/);
        for (const [, url = ''] of html.matchAll(/<a href="([^"]*)"/g)) expect(url).toMatch(/^https:/);
        expect(html.replace(/<[^>]*>/g, '')).not.toMatch(/:\/\/|www\.|\w@\w/i);
        expect(text.replace(/^(?:console|documentation): https:\S+$/gm, '')).not.toMatch(
          /:\/\/|www\.|\w@\w/i,
        );
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    '&'.repeat(5000),
    '😀'.repeat(2500),
    '界\r\nBcc: x@y.example\r\n'.repeat(900),
    '<b>'.repeat(2000),
  ])('keeps what happened in the subject for long names: %.8s…', async (name) => {
    const raw = await rawOf([eventOf({ ...CHANGE, summary: `${name}: moved on`, task: { ...TASK, name } })]);
    const subject = words(headersIn(raw).get('subject'));
    expect(subject).toMatch(/: moved on$/);
    expect(subject.length).toBeLessThanOrEqual(150);
    expect(headersIn(raw).has('bcc')).toBe(false);
  });
});

/** The tags of our own layout, none of which has foreign text in it but for links. */
const OURS =
  /<!doctype html>|<\/?(?:html|head|body|title|div|h1|p|table|tr|th|td|b|a|br|meta)(?: (?:charset|name|content|style|role|scope|href)="[^"<>]*")*>/g;

describe('the settings of mails', () => {
  const GOOD = { type: 'email', ...sample.settings };
  const problemsOf = (settings: object) =>
    (channelSchema.safeParse({ ...GOOD, ...settings }).error?.issues ?? []).map(
      ({ path, message }) => `${path.join('.')}: ${message}`,
    );

  test.each([
    'smtps://mail.example.com',
    'smtp://mail.example.com',
    'smtps://user%40example.com:p%25w@mail.example.com:465',
    'smtp://u:p@MAIL.example.com:2587/',
  ])('take %s', (url) => {
    expect(problemsOf({ url })).toEqual([]);
  });

  test.each([
    ['mail.example.com', 'is not a URL'],
    ['https://mail.example.com', 'must be smtps://'],
    [`smtps://${USER}:${encodeURIComponent(PASSWORD)}@mail.example.com/inbox`, 'must be smtps://'],
    [`smtps://${USER}:${encodeURIComponent(PASSWORD)}@mail.example.com?tls=no`, 'must be smtps://'],
    [`smtps://${USER}:a%zz@mail.example.com`, 'has a % in its user name or password'],
    [`smtps://${USER}:x@127.0.0.1`, 'points to a private or loopback address'],
    [`smtps://${USER}:x@0x7f.1`, 'points to a private or loopback address'],
    [`smtp://${USER}:x@[::1]:587`, 'points to a private or loopback address'],
    [`smtp://${USER}:x@localhost`, 'points to a private or loopback address'],
  ])('refuse %s, without repeating it', (url, problem) => {
    const problems = problemsOf({ url });
    expect(problems).toEqual([expect.stringContaining(`url: ${problem}`)]);
    expectNoSecret(problems, [USER, PASSWORD]);
  });

  test('permit private addresses where allowInsecure says so', () => {
    expect(problemsOf({ url: 'smtp://10.0.0.25:25', allowInsecure: true })).toEqual([]);
  });

  test.each([
    'watch',
    'a@b@c',
    'a@example.com\r\nBcc: x@example.com',
    '<a@example.com>',
    'a, b@example.com',
    '',
  ])('refuse %j as an address', (address) => {
    expect(problemsOf({ from: address })).toEqual(['from: expected an e-mail address: watch@example.com']);
    expect(problemsOf({ to: [address] })).toEqual(['to.0: expected an e-mail address: watch@example.com']);
  });

  test('want somebody to write to', () => {
    expect(problemsOf({ to: [] })).toEqual(['to: expected a list of e-mail addresses: [dba@example.com]']);
    expect(problemsOf({ to: 'dba@example.com' })).toEqual([]);
    expect(problemsOf({ mention: ['Boss <boss@example.com>'] })).toEqual([]);
  });

  test('hide the URL as soon as it is read', () => {
    expectNoSecret(channelSchema.parse(GOOD), [USER, PASSWORD]);
  });
});
