import { describe, expect, it } from 'vitest';
import { enqueue } from '../../../lib/delivery/outbox/enqueue.ts';
import { pending, pendingDeliveryTo } from '../../../lib/delivery/outbox/outbox.ts';
import type { OutboxUpdate } from '../../../lib/delivery/outbox/types.ts';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import { eventOf } from '../../migration/events.ts';
import { recordWith } from '../../support/records.ts';
import { EMPTY, names, START } from './support.ts';

/** Events too large for one outbox together; each goes to its channels, and those named `chat…` are for people. */
function enqueued(...channelsOf: (readonly string[])[]): OutboxUpdate {
  const events = channelsOf.map((_, n) => large(n + 1));
  const to = ({ sequence }: MigrationEvent) => channelsOf[Number(sequence) - 1] ?? [];
  return enqueue(EMPTY, events, { to, isForPeople: (name) => name.startsWith('chat') }, START);
}

function large(n: number): MigrationEvent {
  return eventOf(n, { summary: 'x'.repeat(110_000) });
}

describe('an event that no channel accepts', () => {
  it('leaves no trace, also while what it says still holds', () => {
    const event = eventOf(1, { phase: 'failed' });
    const { to: standing } = event.data;
    if (standing === undefined) throw new TypeError('the event says where the task is');
    const record = recordWith(START, { standing });
    expect(enqueue(record, [event], { to: () => [] }, START)).toEqual({ record, deadLetters: [] });
  });
});

describe('an event that makes room in a full outbox', () => {
  it('is a dead letter for the program, and is counted in the next message of the chat', () => {
    const { record, deadLetters } = enqueued(['chat', 'hook'], ['chat', 'hook']);
    expect(names(deadLetters)).toEqual(['1 hook']);
    expect(names(pending(record))).toEqual(['2 chat', '2 hook']);
    expect(pendingDeliveryTo(record, large(2).id, 'chat')?.merged?.events).toBe(1);
    expect(pendingDeliveryTo(record, large(2).id, 'hook')).not.toHaveProperty('merged');
  });

  it('is counted by each chat that has a next message, and is a dead letter for the others', () => {
    const { record, deadLetters } = enqueued(
      ['chat-1', 'chat-2', 'hook', 'chat-3'],
      ['chat-3', 'hook', 'chat-1'],
    );
    expect(names(deadLetters)).toEqual(['1 chat-2', '1 hook']);
    for (const chat of ['chat-1', 'chat-3']) {
      expect(pendingDeliveryTo(record, large(2).id, chat)?.merged?.events).toBe(1);
    }
  });

  it('is the oldest one for programs alone, where there is one', () => {
    const { record, deadLetters } = enqueued(['chat'], ['hook'], ['chat']);
    expect(names(deadLetters)).toEqual(['2 hook']);
    expect(names(pending(record))).toEqual(['3 chat']);
  });

  it('is never the newest, even where that is the only one for programs alone', () => {
    const { record, deadLetters } = enqueued(['chat'], ['hook']);
    expect(names(deadLetters)).toEqual(['1 chat']);
    expect(names(pending(record))).toEqual(['2 hook']);
  });

  it('touches no chat that it is not for, whatever that is called', () => {
    const to = ({ sequence }: MigrationEvent) => (Number(sequence) === 1 ? ['hook'] : ['constructor']);
    const isForPeople = (name: string) => name === 'constructor';
    const { record, deadLetters } = enqueue(EMPTY, [large(1), large(2)], { to, isForPeople }, START);
    expect(names(deadLetters)).toEqual(['1 hook']);
    expect(pendingDeliveryTo(record, large(2).id, 'constructor')).not.toHaveProperty('merged');
  });
});
