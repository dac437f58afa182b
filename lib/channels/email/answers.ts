import { defined } from '../../base/defined.ts';
import { type Explanation, phrase } from '../../base/explanation.ts';
import type { HttpError } from '../../http/client.ts';
import { explain, Fault, faultOf } from '../../http/failures/reasons.ts';
import type { FaultCode } from '../../http/faults.ts';
import { type OutcomeReason, reasonFrom } from '../answers/outcome-reason.ts';
import type { Meaning } from '../answers/vendor-answer.ts';
import type { OutcomeClass } from '../channel.ts';

/** A failed attempt, as nodemailer reports it. Nothing else of its error is taken: servers repeat addresses and more. */
export interface MailError {
  /** A word of nodemailer: `EAUTH`, `EENVELOPE`, `ESOCKET`. */
  readonly code: string;
  /** A word of Node below it: `DEPTH_ZERO_SELF_SIGNED_CERT`. */
  readonly originalCode?: string;
  /** The code of the server's reply (RFC 5321, 4.2). */
  readonly reply?: number;
  /** The command that it answers: `RCPT TO`. */
  readonly command?: string;
}

const PAUSE_MS = 60_000;
const PAUSE: Meaning = {
  class: 'pause',
  hint: 'server_closes',
  pauseMs: PAUSE_MS,
};
const SIGN_IN: Meaning = {
  class: 'broken',
  hint: 'sign_in_refused',
};
const RECIPIENT: Meaning = {
  class: 'broken',
  hint: 'no_recipient',
};
const SENDER: Meaning = { class: 'broken', hint: 'sender_refused' };
const NO_TLS: Meaning = {
  class: 'broken',
  hint: 'no_starttls',
};
const CONTENT: Meaning = { class: 'permanent', hint: 'mail_refused' };
const TOO_LARGE: Meaning = { class: 'permanent', hint: 'mail_too_large' };
const LATER: Meaning = { class: 'transient' };

/** Replies that say who may send, at whatever command (RFC 4954). */
const SIGN_IN_REPLIES: ReadonlySet<number> = new Set([530, 534, 535, 538]);
const CLOSING = 421;
const NO_REPLY = 0;
/** "Exceeded storage allocation": at RCPT the mailbox of one is full, elsewhere the mail is too large. */
const STORAGE = 552;

/** A refusal of the connection has the words that it has for every channel. */
interface MailMeaning extends Meaning {
  readonly fault?: Explanation<FaultCode>;
}

/** The outcome table of a mail server's replies, and of attempts without one. */
export function meaningOf({ code, originalCode, reply = NO_REPLY, command }: MailError): MailMeaning {
  if (reply === CLOSING) return PAUSE;
  if (reply >= 400 && reply < 500) return LATER;
  if (code === 'EAUTH' || code === 'ENOAUTH' || SIGN_IN_REPLIES.has(reply)) return SIGN_IN;
  if (reply !== NO_REPLY) return meaningOfRefusal(reply, command);
  if (code === 'ETIMEDOUT' || code === 'EABORT')
    return { class: 'pause', hint: 'no_answer_in_time', pauseMs: PAUSE_MS };
  if (code === 'ETLS' || isOfTls(originalCode)) return tlsMeaning(originalCode);
  if (code === 'EMESSAGE') return TOO_LARGE;
  if (code === 'EENVELOPE') return RECIPIENT;
  return LATER;
}

/** A reply 5xx. */
function meaningOfRefusal(reply: number, command: string | undefined): Meaning {
  switch (command) {
    case 'RCPT TO':
      return reply === STORAGE ? LATER : RECIPIENT;
    case 'MAIL FROM':
      return reply === STORAGE ? TOO_LARGE : SENDER;
    case 'DATA':
      return reply === STORAGE ? TOO_LARGE : CONTENT;
    case 'STARTTLS':
      return NO_TLS;
    default:
      return { class: 'transient', hint: 'takes_nothing' };
  }
}

/** How far an attempt came before it failed: to the server, to TLS, to the sign-in. */
export function stageOf(error: MailError): 'unreached' | 'insecure' | 'refused' {
  const { code, originalCode, command } = error;
  if (meaningOf(error) === SIGN_IN) return 'refused';
  return code === 'ETLS' || command === 'STARTTLS' || isOfTls(originalCode) ? 'insecure' : 'unreached';
}

function isOfTls(word: string | undefined): boolean {
  return faultOf(coded(word)).reason.code === 'tls';
}

function tlsMeaning(word: string | undefined): MailMeaning {
  const { reason } = faultOf(coded(word ?? 'EPROTO'));
  return { class: 'broken', fault: explain(new Fault(reason)) };
}

function coded(code: string | undefined): Error {
  return Object.assign(new Error(), { code });
}

/** In words: `SMTP 550 at RCPT TO: no address is accepted; …`. */
export function whyOf({ code, reply, command }: MailError, { hint, fault }: MailMeaning): OutcomeReason {
  const word = reply === undefined ? code : `SMTP ${reply}`;
  const isAt = reply !== undefined && command !== undefined && command !== 'CONN';
  const { what = hint === undefined ? [] : [phrase(hint)], advice } = fault ?? {};
  return reasonFrom(
    isAt
      ? defined({ what: [phrase('smtp_reply', word, command), ...what], advice })
      : defined({ at: word, what, advice }),
  );
}

const WORD = /^[A-Z][A-Z0-9_]{1,63}$/;
const COMMAND = /^[A-Z]{3,10}(?: [A-Z]{2,12})?$/;

/** @returns the few words of a library's error that are known to carry nothing else */
export function mailErrorIn(error: unknown): MailError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, originalCode, responseCode, command } = fieldsOf(error);
  if (typeof code !== 'string' || !WORD.test(code)) return undefined;
  return defined({
    code,
    originalCode:
      typeof originalCode === 'string' && /^[\w/]{1,64}$/.test(originalCode) ? originalCode : undefined,
    reply: typeof responseCode === 'number' ? responseCode : undefined,
    command: typeof command === 'string' && COMMAND.test(command) ? command : undefined,
  });
}

function fieldsOf(error: Error): Readonly<Record<string, unknown>> {
  return { ...error };
}

/** Errors of our own way to the server have their words already; one that sees plain text where TLS should be has a remedy. */
export function ownWords(error: HttpError): Partial<OutcomeReason> & { readonly class?: OutcomeClass } {
  if (error.detail !== 'ERR_SSL_WRONG_VERSION_NUMBER') return {};
  return { class: 'broken', ...reasonFrom({ at: error.host, what: [phrase('port_without_tls')] }) };
}
