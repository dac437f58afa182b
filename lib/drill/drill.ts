import { defined } from '../base/defined.ts';
import type { Outcome, OutcomeClass } from '../channels/channel.ts';
import type { EventType, MigrationEvent } from '../events/event.ts';
import { type Addressee, choiceFor } from './choice.ts';
import type { Setting } from './examples/examples.ts';
import { wordOf } from './types.ts';

/** One channel's answer to a drill. */
export interface DrillAnswer {
  readonly channel: string;
  readonly type: string;
  /** The type of the event, without `dcs.`. */
  readonly event: string;
  readonly id: string;
  readonly class: OutcomeClass;
  readonly status?: number;
  readonly ms: number;
  readonly reason: string;
}

export interface LeftOut {
  readonly channel: string;
  readonly type: string;
  readonly why: string;
  readonly isNamed: boolean;
}

export interface DrillReport {
  readonly answers: readonly DrillAnswer[];
  readonly leftOut: readonly LeftOut[];
}

export interface DrillParts {
  readonly addressees: readonly Addressee[];
  /** Names of channels; empty: all that it is for. */
  readonly named: readonly string[];
  readonly type: EventType | undefined;
  readonly setting: Setting;
}

/** Sends one drill to each channel, side by side, past quiet hours, mutes and the state. Never rejects. */
export async function drill({ addressees, named, type, setting }: DrillParts): Promise<DrillReport> {
  const wanted = addressees.filter(({ channel }) => named.length === 0 || named.includes(channel.name));
  const isNamed = named.length > 0;
  const leftOut: LeftOut[] = [];
  const sending = wanted.flatMap((addressee) => {
    const choice = choiceFor(addressee, { isNamed, type }, setting);
    if ('event' in choice) return [answerOf(addressee, choice.event, setting.now)];
    const { channel, config } = addressee;
    leftOut.push({ channel: channel.name, type: config.type, why: choice.why, isNamed });
    return [];
  });
  return { answers: await Promise.all(sending), leftOut };
}

/** Everybody who was meant took it. */
export function haveAllTaken({ answers, leftOut }: DrillReport): boolean {
  const isTaken = answers.length > 0 && answers.every((answer) => answer.class === 'delivered');
  return isTaken && leftOut.every(({ isNamed }) => !isNamed);
}

async function answerOf(
  { channel, config }: Addressee,
  event: MigrationEvent,
  now: Date,
): Promise<DrillAnswer> {
  const outcome = await inTime(channel.send({ events: [event], now }));
  return defined({
    channel: channel.name,
    type: config.type,
    event: wordOf(event.type),
    id: event.id,
    class: outcome.class,
    status: outcome.status,
    ms: Math.round(outcome.ms),
    reason: outcome.reason,
  });
}

/** Longer than any channel takes by itself; somebody waits for it. */
const LONGEST_MS = 28_000;
const LATE: Outcome = {
  class: 'transient',
  reason: `no answer within ${LONGEST_MS / 1000} s`,
  ms: LONGEST_MS,
};

async function inTime(sending: Promise<Outcome>): Promise<Outcome> {
  const { promise: late, resolve } = Promise.withResolvers<Outcome>();
  const timer = setTimeout(() => resolve(LATE), LONGEST_MS);
  try {
    return await Promise.race([sending, late]);
  } finally {
    clearTimeout(timer);
  }
}
