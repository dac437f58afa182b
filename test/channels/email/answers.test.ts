import { describe, expect, it } from 'vitest';
import {
  type MailError,
  mailErrorIn,
  meaningOf,
  ownWords,
  stageOf,
  whyOf,
} from '../../../lib/channels/email/answers.ts';
import { HttpError } from '../../../lib/http/client.ts';
import { HINTS } from '../../../lib/language/en/explanations/hints.ts';

const LATER = { class: 'transient' };
const SIGN_IN = {
  class: 'broken',
  hint: 'sign-in refused; check the user name and password in the setting "url" (special characters percent-encoded)',
};
const RECIPIENT = {
  class: 'broken',
  hint: 'the server accepts none of the recipients; check the setting "to", and that the server relays mail',
};
const TOO_LARGE = { class: 'permanent', hint: 'the mail is too large for the server' };
const NOTHING = {
  class: 'transient',
  hint: 'the server accepts no mail from this machine; check the setting "url"',
};

/** The meaning, with the words of its hint. */
function meaning(error: MailError): object {
  const { hint, ...others } = meaningOf(error);
  return hint === undefined ? others : { ...others, hint: HINTS[hint] };
}

const replied = (reply: number, command?: string): MailError =>
  command === undefined ? { code: 'EENVELOPE', reply } : { code: 'EENVELOPE', reply, command };

describe("a mail server's reply", () => {
  it.each([
    [
      421,
      'DATA',
      {
        class: 'pause',
        hint: 'the server closed the connection; it may be busy or under maintenance',
        pauseMs: 60_000,
      },
    ],
    [399, 'DATA', { class: 'permanent', hint: 'the mail was refused' }],
    [400, 'DATA', LATER],
    [499, 'RCPT TO', LATER],
    [530, 'MAIL FROM', SIGN_IN],
    [534, 'MAIL FROM', SIGN_IN],
    [535, 'AUTH PLAIN', SIGN_IN],
    [538, 'DATA', SIGN_IN],
    [500, 'RCPT TO', RECIPIENT],
    [552, 'RCPT TO', LATER],
    [550, 'MAIL FROM', { class: 'broken', hint: 'the sender was refused; check the setting "from"' }],
    [552, 'MAIL FROM', TOO_LARGE],
    [554, 'DATA', { class: 'permanent', hint: 'the mail was refused' }],
    [552, 'DATA', TOO_LARGE],
    [
      502,
      'STARTTLS',
      { class: 'broken', hint: 'no STARTTLS; use smtps://, or allowInsecure: true to send in plain text' },
    ],
    [554, 'CONN', NOTHING],
    [554, undefined, NOTHING],
  ])('%i at %s has the meaning %j', (reply, command, expected) => {
    expect(meaning(replied(reply, command))).toEqual(expected);
  });
});

describe('an attempt without a reply', () => {
  const LATE = { class: 'pause', hint: 'no answer in time', pauseMs: 60_000 };

  it.each([
    ['EAUTH', SIGN_IN],
    ['ENOAUTH', SIGN_IN],
    ['ETIMEDOUT', LATE],
    ['EABORT', LATE],
    ['EMESSAGE', TOO_LARGE],
    ['EENVELOPE', RECIPIENT],
    ['ESOCKET', LATER],
  ])('that ends with %s has the meaning %j', (code, expected) => {
    expect(meaning({ code })).toEqual(expected);
  });

  it('for TLS is broken in the words of any channel', () => {
    const refused = {
      class: 'broken',
      fault: { what: [{ code: 'tls_failed' }], advice: [{ code: 'tls_needs' }] },
    };
    expect(meaning({ code: 'ETLS' })).toEqual(refused);
    expect(meaning({ code: 'ESOCKET', originalCode: 'EPROTO' })).toEqual(refused);
    expect(meaning({ code: 'ETLS', originalCode: 'CERT_HAS_EXPIRED' })).toMatchObject({
      fault: { what: [{ code: 'certificate_expired' }] },
    });
    expect(meaning({ code: 'ESOCKET', originalCode: 'ECONNRESET' })).toEqual(LATER);
  });
});

describe('how far a mail came', () => {
  it.each<[MailError, string]>([
    [{ code: 'EAUTH' }, 'refused'],
    [{ code: 'ETLS' }, 'insecure'],
    [replied(502, 'STARTTLS'), 'insecure'],
    [{ code: 'ESOCKET', originalCode: 'CERT_HAS_EXPIRED' }, 'insecure'],
    [{ code: 'ESOCKET', originalCode: 'ECONNREFUSED' }, 'unreached'],
    [{ code: 'ESOCKET' }, 'unreached'],
    [replied(554, 'DATA'), 'unreached'],
  ])('is the stage of %j: %s', (error, stage) => {
    expect(stageOf(error)).toBe(stage);
  });
});

describe('the reason of a mail that was not taken', () => {
  const reasonOf = (error: MailError) => whyOf(error, meaningOf(error));

  it.each<[MailError, string]>([
    [
      replied(550, 'RCPT TO'),
      'SMTP 550 at RCPT TO: the server accepts none of the recipients; check the setting "to", and that the server relays mail',
    ],
    [replied(450, 'RCPT TO'), 'SMTP 450 at RCPT TO'],
    [replied(554, 'CONN'), 'SMTP 554: the server accepts no mail from this machine; check the setting "url"'],
    [replied(554), 'SMTP 554: the server accepts no mail from this machine; check the setting "url"'],
    [{ code: 'EMESSAGE', command: 'DATA' }, 'EMESSAGE: the mail is too large for the server'],
    [{ code: 'ESOCKET' }, 'ESOCKET'],
  ])('of %j is %j', (error, reason) => {
    expect(reasonOf(error).reason).toBe(reason);
  });

  it('for TLS says what to do', () => {
    expect(reasonOf({ code: 'ETLS' })).toEqual({
      reason: expect.stringMatching(/^ETLS: .+; .+/),
      explanation: { at: 'ETLS', what: [{ code: 'tls_failed' }], advice: [{ code: 'tls_needs' }] },
    });
    const atStart = { code: 'ETLS', reply: 0, command: 'STARTTLS' };
    expect(whyOf(atStart, meaningOf(atStart)).explanation).toMatchObject({
      advice: [{ code: 'tls_needs' }],
    });
  });
});

describe("a mail library's error", () => {
  const thrown = (facts: object) => Object.assign(new Error('ops@example.com refused'), facts);

  it('is taken by its words, and by nothing else', () => {
    const words = { code: 'EENVELOPE', originalCode: 'ERR_SSL/x', responseCode: 550, command: 'RCPT TO' };
    expect(mailErrorIn(thrown({ ...words, response: '550 ops@example.com' }))).toEqual({
      code: 'EENVELOPE',
      originalCode: 'ERR_SSL/x',
      reply: 550,
      command: 'RCPT TO',
    });
    expect(mailErrorIn(thrown({ code: 'EDNS', command: 'CONN' }))).toEqual({ code: 'EDNS', command: 'CONN' });
  });

  it.each([['code', ['', 'E', 'eauth', '1E', 'E AUTH', 'EAUTH!', ' EAUTH', 'E'.repeat(65), 7, ['EAUTH']]]])(
    'without a word as its %s is not one',
    (name, values) => {
      for (const value of values) expect(mailErrorIn(thrown({ [name]: value }))).toBeUndefined();
      expect(mailErrorIn(thrown({}))).toBeUndefined();
      expect(mailErrorIn({ code: 'EAUTH' })).toBeUndefined();
    },
  );

  it.each([
    ['originalCode', ['', 'a b', 'a!', '!a', 'x'.repeat(65), 7]],
    ['responseCode', ['550', null]],
    [
      'command',
      [
        '',
        'data',
        'DA',
        'RCPT TO:<ops@example.com>',
        'x DATA',
        'RCPT  TO',
        'AUTH P',
        'X'.repeat(11),
        ['DATA'],
        7,
      ],
    ],
  ])('shows no %s that may be anything', (name, values) => {
    for (const value of values) {
      expect(mailErrorIn(thrown({ code: 'EAUTH', [name]: value }))).toEqual({ code: 'EAUTH' });
    }
  });
});

describe('an error on our own way to a mail server', () => {
  const error = (detail: string) =>
    new HttpError({ code: 'tls', host: 'mail:465', ms: 1, message: 'x', detail });

  it('has a remedy where the port speaks plain text', () => {
    expect(ownWords(error('ERR_SSL_WRONG_VERSION_NUMBER'))).toEqual({
      class: 'broken',
      reason: 'mail:465: this port does not start with TLS; use smtp:// (STARTTLS, port 587)',
      explanation: { at: 'mail:465', what: [{ code: 'port_without_tls' }] },
    });
  });

  it('has its words already elsewhere', () => {
    expect(ownWords(error('ECONNRESET'))).toEqual({});
  });
});
