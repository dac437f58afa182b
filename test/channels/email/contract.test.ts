import { connect } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import type { Outcome } from '../../../lib/channels/channel.ts';
import { mailErrorIn, meaningOf } from '../../../lib/channels/email/answers.ts';
import { TIMEOUT_MS } from '../../../lib/channels/email/send.ts';
import type { HttpClient } from '../../../lib/http/client.ts';
import { readProxies } from '../../../lib/http/proxies.ts';
import { proxyServer } from '../../http/proxy-server.ts';
import { client, failingLookup, fixture, freePort, tlsServer } from '../../http/servers.ts';
import { expectNoSecret } from '../../support/secrets.ts';
import { secretsOf } from '../samples.ts';
import { answering, CHANGE, eventOf, NOW } from '../support.ts';
import { type Command, headersIn, mailServer, mailTo, scripted, scriptedBy } from './mail-server.ts';
import { ANSWERS, PASSWORD, USER } from './sample.ts';

const OUTGOING = { events: [eventOf()], now: NOW };
const SECRETS = [...secretsOf('email'), encodeURIComponent(PASSWORD)];

const COMMANDS: Readonly<Record<string, readonly Command[]>> = {
  '421': ['CONNECT', 'MAIL FROM', 'RCPT TO', 'DATA'],
  '450': ['MAIL FROM', 'RCPT TO', 'DATA'],
  '451': ['MAIL FROM', 'RCPT TO', 'DATA'],
  '452': ['MAIL FROM', 'RCPT TO', 'DATA'],
  '454': ['AUTH', 'MAIL FROM'],
  '530': ['AUTH', 'MAIL FROM', 'RCPT TO'],
  '534': ['AUTH', 'MAIL FROM'],
  '535': ['AUTH'],
  '550': ['RCPT TO'],
  '551': ['RCPT TO'],
  '553': ['RCPT TO'],
  '552': ['DATA'],
  '554': ['DATA'],
};
const REPLIES = ANSWERS.flatMap(({ reply, class: expected, seconds, command }) =>
  reply === undefined || reply === 250
    ? []
    : (COMMANDS[reply] ?? []).map((at) => ({ reply, at, expected, seconds, documented: command })),
);

describe('a mail server that takes a mail', () => {
  test('is delivered to', async () => {
    const server = await mailServer();
    const outcome = await (await mailTo(server.port)).send(OUTGOING);
    expect(outcome).toEqual({ class: 'delivered', reason: 'SMTP 250', ms: expect.any(Number) });
    expect(server.mails).toMatchObject([{ from: 'watch@example.com', to: ['dba@example.com'] }]);
    expectNoSecret(outcome, SECRETS);
  });

  test('gets the same bytes on every attempt, but for the date', async () => {
    const server = await mailServer();
    server.refuse('DATA', 451, 1);
    const raws: string[] = [];
    const channel = await mailTo(server.port);
    expect((await channel.send(OUTGOING)).class).toBe('transient');
    await channel.send(OUTGOING);
    await channel.send({ ...OUTGOING, now: new Date(NOW.getTime() + 60_000) });
    for (const { raw } of server.mails) raws.push(raw.replace(/^Date: .*\r\n/m, ''));
    expect(raws).toHaveLength(2);
    expect(raws[1]).toBe(raws[0]);
  });

  test('gets each mail over a connection of its own', async () => {
    const server = await mailServer();
    const channel = await mailTo(server.port);
    await channel.send(OUTGOING);
    await channel.send(OUTGOING);
    expect(server.connections()).toBe(2);
    expect(new Set(server.mails.map(({ raw }) => headersIn(raw).get('message-id'))).size).toBe(1);
  });

  test('that refuses one of several addresses gets no mail twice, and the outcome says so', async () => {
    const server = await mailServer();
    server.refuse('RCPT TO', 550, 1);
    const outcome = await (await mailTo(server.port, { to: ['gone@example.com', 'dba@example.com'] })).send(
      OUTGOING,
    );
    expect(outcome).toMatchObject({
      class: 'delivered',
      reason: 'SMTP 250; 1 of 2 recipients were refused; check the setting "to"',
      isPartial: true,
    });
    expect(server.mails).toMatchObject([{ to: ['dba@example.com'] }]);
  });

  test('signs us in with the user and the password of the URL, decoded', async () => {
    const seen: unknown[] = [];
    const server = await mailServer({
      authOptional: false,
      onAuth: ({ username, password }, _session, callback) => {
        seen.push([username, password]);
        callback(null, { user: username });
      },
    });
    expect((await (await mailTo(server.port)).send(OUTGOING)).class).toBe('delivered');
    expect(seen).toEqual([[USER, PASSWORD]]);
  });
});

describe('a mail server that refuses', () => {
  test.each(REPLIES)('with $reply at $at: $expected', async ({ reply, at, expected, seconds }) => {
    const server = await mailServer();
    server.refuse(at, reply);
    const outcome = await (await mailTo(server.port)).send(OUTGOING);
    expect(outcome.class).toBe(expected);
    if (seconds !== undefined) expect(outcome.retryAfterMs).toBe(seconds * 1000);
    expect(outcome.reason).toContain(String(reply));
    expect(server.mails).toHaveLength(0);
    expectNoSecret(outcome, SECRETS);
    expect(outcome.reason).not.toContain('said no');
  });

  test('covers every documented reply', () => {
    const documented = ANSWERS.flatMap(({ reply }) => (reply === undefined ? [] : [String(reply)]));
    expect(documented.filter((reply) => reply !== '250' && COMMANDS[reply] === undefined)).toEqual([]);
  });

  test.each(
    ANSWERS.flatMap(({ error, class: expected }) => (error === undefined ? [] : [[error, expected]])),
  )('in the words of nodemailer, %s: %s', (code, expected) => {
    const error = Object.assign(new Error(`${USER} ${PASSWORD}`), { code });
    const known = mailErrorIn(error);
    expect(known && meaningOf(known).class).toBe(expected);
    expectNoSecret(known, SECRETS);
  });

  test('greets with 554: it takes nothing from here', async () => {
    const port = await scripted('554 no service for you\r\n');
    expect(await (await mailTo(port)).send(OUTGOING)).toMatchObject({ class: 'transient' });
  });

  test('wants a smaller mail: for good', async () => {
    const server = await mailServer();
    server.refuse('MAIL FROM', 552);
    expect(await (await mailTo(server.port)).send(OUTGOING)).toMatchObject({
      class: 'permanent',
      reason: 'SMTP 552 at MAIL FROM: the mail is too large for the server',
    });
  });

  test('every reply and every command has a class', () => {
    const classes = new Set<string>();
    for (let reply = 400; reply < 600; reply += 1) {
      for (const command of ['CONN', 'EHLO', 'STARTTLS', 'AUTH PLAIN', 'MAIL FROM', 'RCPT TO', 'DATA']) {
        const outcomeClass = meaningOf({ code: 'EPROTOCOL', reply, command }).class;
        classes.add(outcomeClass);
        if (reply < 500) expect(['transient', 'pause']).toContain(outcomeClass);
        expect(outcomeClass).not.toBe('delivered');
      }
    }
    expect([...classes].toSorted()).toEqual(['broken', 'pause', 'permanent', 'transient']);
  });
});

describe('when there is no answer', () => {
  const outcomeAt = async (port: number, http?: HttpClient): Promise<Outcome> => {
    const outcome = await (await mailTo(port, {}, http)).send(OUTGOING);
    expectNoSecret(outcome, SECRETS);
    return outcome;
  };

  test('tries again later after a refused connection', async () => {
    expect(await outcomeAt(await freePort())).toMatchObject({
      class: 'transient',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('tries again later when the connection breaks before the mail', async () => {
    expect((await outcomeAt(await scripted('220 hello\r\n', { EHLO: 'BREAK' }))).class).toBe('transient');
  });

  test('tries again later when the connection breaks after the last byte: nobody knows what became of it', async () => {
    let isBody = false;
    const port = await scriptedBy('220 hello\r\n', (line) => {
      if (isBody) return line.includes('\r\n.\r\n') ? 'BREAK' : '';
      isBody = line.startsWith('DATA');
      if (line.startsWith('EHLO')) return '250-hello\r\n250 8BITMIME\r\n';
      return isBody ? '354 go on\r\n' : '250 ok\r\n';
    });
    expect((await outcomeAt(port)).class).toBe('transient');
  });

  test('tries again later when the answer is no SMTP', async () => {
    const port = await scripted('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect((await outcomeAt(port)).class).toBe('transient');
  });

  test('tries again later when the name is not found', async () => {
    const http = client({ lookup: failingLookup('ENOTFOUND', PASSWORD) });
    const outcome = await (
      await mailTo(1, { url: `smtps://${USER}:x@mail.example.com`, allowInsecure: false }, http)
    ).send(OUTGOING);
    expect(outcome).toMatchObject({ class: 'transient', reason: expect.stringContaining('ENOTFOUND') });
    expectNoSecret(outcome, SECRETS);
  });

  test.each([
    ['never greets', ''],
    ['greets, and then says nothing', '220 hello\r\n'],
  ])('pauses when a server %s', async (_what, greeting) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { promise: met, resolve } = Promise.withResolvers<void>();
      const port = await scriptedBy(greeting, () => '');
      const http: HttpClient = {
        ...answering({}),
        openSocket: async () => {
          const socket = connect({ host: '127.0.0.1', port });
          socket.once('connect', () => resolve());
          return socket;
        },
      };
      const sending = (await mailTo(port, {}, http)).send(OUTGOING);
      await met;
      await vi.advanceTimersByTimeAsync(TIMEOUT_MS);
      expect(await sending).toMatchObject({
        class: 'pause',
        retryAfterMs: 60_000,
        reason: expect.stringContaining(`${TIMEOUT_MS} ms`),
      });
    } finally {
      vi.useRealTimers();
    }
  });

  test('ends within its own time-out', async () => {
    expect((await mailTo(25)).timeoutMs).toBeGreaterThanOrEqual(TIMEOUT_MS);
  });

  test('is broken by a certificate that cannot be trusted', async () => {
    const server = await tlsServer('self-signed');
    const outcome = await (await mailTo(1, { url: `smtps://${USER}:x@localhost:${server.port}` })).send(
      OUTGOING,
    );
    expect(outcome).toMatchObject({ class: 'broken', reason: expect.stringContaining('self-signed') });
    expectNoSecret(outcome, SECRETS);
  });

  test('is broken where TLS is expected and plain text is spoken, and says what to write', async () => {
    const server = await mailServer();
    const outcome = await (await mailTo(1, { url: `smtps://${USER}:x@127.0.0.1:${server.port}` })).send(
      OUTGOING,
    );
    expect(outcome).toMatchObject({ class: 'broken', reason: expect.stringContaining('use smtp://') });
  });

  test('is broken by a name that leads to a private address, and sends nothing there', async () => {
    const server = await mailServer();
    const http = client({
      lookup: (_host, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    const url = `smtp://${USER}:x@mail.example.com:${server.port}`;
    const outcome = await (await mailTo(1, { url, allowInsecure: false }, http)).send(OUTGOING);
    expect(outcome).toMatchObject({ class: 'broken', reason: expect.stringContaining('private') });
    expect(server.connections()).toBe(0);
    expectNoSecret(outcome, SECRETS);
  });

  test('goes through the tunnel of a proxy, and the proxy knows the name', async () => {
    const server = await mailServer();
    const proxy = await proxyServer({ hosts: { 'mail.example.com:587': server.port } });
    const { proxies } = readProxies({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    const http = client({ proxies, lookup: failingLookup('ENOTFOUND') });
    const outcome = await (await mailTo(1, { url: 'smtp://mail.example.com' }, http)).send(OUTGOING);
    expect(outcome.class).toBe('delivered');
    expect(proxy.asked).toEqual(['CONNECT mail.example.com:587']);
  });

  test('has an outcome that names a proxy which does not lead to mail servers', async () => {
    const proxy = await proxyServer({ hosts: {} });
    const { proxies } = readProxies({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
    const outcome = await (await mailTo(1, { url: 'smtp://mail.example.com' }, client({ proxies }))).send(
      OUTGOING,
    );
    expect(outcome.class).not.toBe('delivered');
    expect(outcome.reason).toContain(`proxy 127.0.0.1:${proxy.port}`);
  });

  test('tries again later after an unexpected error, whose text it does not repeat', async () => {
    const http: HttpClient = { ...answering({}), openSocket: () => Promise.reject(new Error(PASSWORD)) };
    expect(await (await mailTo(1, {}, http)).send(OUTGOING)).toMatchObject({
      class: 'transient',
      reason: 'internal error (Error)',
    });
  });
});

describe('a connection that must be encrypted', () => {
  const TLS = { key: fixture('server.key'), cert: fixture('localhost.crt') };
  const overTo = (port: number): HttpClient => ({
    ...answering({}),
    openSocket: async () => connect({ host: '127.0.0.1', port }),
  });

  test('is refused where the server has no STARTTLS', async () => {
    const server = await mailServer({ disabledCommands: ['STARTTLS'] });
    const url = `smtp://${USER}:x@mail.example.com`;
    const outcome = await (await mailTo(1, { url, allowInsecure: false }, overTo(server.port))).send(
      OUTGOING,
    );
    expect(outcome).toMatchObject({ class: 'broken', reason: expect.stringContaining('no STARTTLS') });
    expect(server.mails).toHaveLength(0);
  });

  test('is refused where nobody vouches for the certificate after STARTTLS', async () => {
    const server = await mailServer({ ...TLS, hideSTARTTLS: false, allowInsecureAuth: false });
    const url = `smtp://${USER}:x@mail.example.com`;
    const outcome = await (await mailTo(1, { url, allowInsecure: false }, overTo(server.port))).send(
      OUTGOING,
    );
    expect(outcome).toMatchObject({ class: 'broken', reason: expect.stringContaining('authority') });
    expect(server.mails).toHaveLength(0);
    expectNoSecret(outcome, SECRETS);
  });

  test('is encrypted all the same where plain text is permitted', async () => {
    const secure: boolean[] = [];
    const server = await mailServer({
      ...TLS,
      hideSTARTTLS: false,
      onMailFrom: (_address, session, callback) => {
        secure.push(session.secure);
        callback();
      },
    });
    expect((await (await mailTo(server.port)).send(OUTGOING)).class).toBe('delivered');
    expect(secure).toEqual([true]);
  });

  test('is so from its first byte with smtps', async () => {
    const server = await mailServer({ ...TLS, secure: true });
    const http = client({ ca: fixture('ca.crt') });
    const outcome = await (await mailTo(1, { url: `smtps://${USER}:x@localhost:${server.port}` }, http)).send(
      OUTGOING,
    );
    expect(outcome.class).toBe('delivered');
    expect(server.mails).toHaveLength(1);
  });
});

describe('what a mail channel accepts', () => {
  test('are events that pass its filter', async () => {
    const channel = await mailTo(25, { when: { severity: ['failure'] } });
    expect(channel.audience).toBe('people');
    expect(channel.accepts(eventOf({ ...CHANGE, severity: 'failure' }))).toBe(true);
    expect(channel.accepts(eventOf())).toBe(false);
  });
});
