import { createHash } from 'node:crypto';
import { defined } from '../../base/defined.ts';
import type { MigrationEvent } from '../../events/event.ts';
import type { Message, Room } from '../../messages/message.ts';
import type { Outgoing } from '../channel.ts';
import { headlineWithin, layOut, PLAIN, type TextLimits } from '../chat/layout.ts';
import type { Address } from './address.ts';
import { breakLinks, escapedHtml } from './escape.ts';
import { htmlOf } from './html.ts';

/** A mail as nodemailer takes it. */
export interface Mail {
  readonly from: Address;
  readonly to: Address[];
  readonly cc?: Address[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references?: string;
  readonly date: Date;
  readonly priority?: 'high';
  readonly headers: Readonly<Record<string, string>>;
  /** Else the borders of its parts are random, and no two attempts send the same bytes. */
  readonly baseBoundary: string;
}

/** The settings that stand in a mail. */
export interface Addressing {
  readonly from: Address;
  readonly to: readonly Address[];
  /** Addresses that get a copy of what people are called for. */
  readonly mention?: readonly Address[] | undefined;
}

const length = (text: string) => text.length;
const TEXT: TextLimits = { most: 60_000, measure: length, headline: 1000, value: 1000, footer: 500 };
/** Characters of a subject: phones show 40, desktops about 80. */
const SUBJECT = 150;

/** Servers take megabytes; nobody reads more than this. */
export const ROOM: Room = {
  most: 60_000,
  measure: (text) => escapedHtml(text).length,
  frame: () => 8000,
  lengthOf: length,
};

/** The bytes are the same on every attempt but for the date. */
export function mailOf(
  message: Message,
  { events, now, reminder = false }: Outgoing,
  { from, to, mention = [] }: Addressing,
): Mail {
  const messageId = idOf(events, reminder ? now : undefined);
  const thread = threadOf(events);
  const cc = message.mentions ? mention : [];
  return defined({
    from,
    to: [...to],
    cc: cc.length === 0 ? undefined : [...cc],
    subject: headlineWithin(message, SUBJECT, length),
    text: `${layOut(message, { ...PLAIN, escape: breakLinks }, TEXT)}\n`,
    html: htmlOf(message, headlineWithin(message, TEXT.headline, length)),
    messageId,
    inReplyTo: thread,
    references: thread,
    date: now,
    priority: message.severity === 'failure' ? 'high' : undefined,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'X-Dcs-Event': events
        .map(({ id }) => id)
        .slice(0, MOST_IDS)
        .join(' '),
    },
    baseBoundary: digest(messageId),
  });
}

const MOST_IDS = 20;
const HOST = 'dcs-migration-watch';
/** Safe on the left of an `@` (RFC 5322, dot-atom). */
const ATOM = /^[\w-]{1,80}$/;

/** The same for the same events, so that many stores drop a repetition; each reminder is a mail of its own. */
function idOf(events: readonly MigrationEvent[], remindedAt: Date | undefined): string {
  const ids = events.map(({ id }) => id);
  const own = ids.length === 1 ? atom(ids[0]) : `evt_${digest(ids.join('\n'))}`;
  const again = remindedAt === undefined ? '' : `.${remindedAt.getTime().toString(36)}`;
  return `<${own}${again}@${HOST}>`;
}

/** One thread for each task, group and project; a digest about several belongs to none. */
function threadOf(events: readonly MigrationEvent[]): string | undefined {
  const [first] = events;
  if (first === undefined || events.some(({ source }) => source !== first.source)) return undefined;
  const own = first.data.task === undefined ? digest(first.source) : atom(first.subject);
  return `<${own}@${HOST}>`;
}

function atom(text = ''): string {
  return ATOM.test(text) ? text : digest(text);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
