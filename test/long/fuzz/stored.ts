import * as fc from 'fast-check';
import { enqueue } from '../../../lib/delivery/outbox/enqueue.ts';
import { leaseFor } from '../../../lib/delivery/outbox/lease.ts';
import { type Decoded, decodeRecord, encodeRecord } from '../../../lib/records/codec.ts';
import { detectAll, failed, found, minute, missing, seen } from '../../migration/support.ts';
import { asStored, flat } from '../../records/as-stored.ts';
import { mutated, odd, wild } from '../../support/fuzz.ts';
import type { Border } from './border.ts';

const looks = detectAll([seen('FULLMIGRATING'), seen('INCRMIGEATING'), missing, failed()]);
const queued = enqueue(found(looks.record), looks.events, { to: () => ['ops', 'cutover'] }, minute(4));
const real = { ...queued.record, lease: leaseFor({ owner: 'run-1', now: minute(5).getTime(), leftMs: 0 }) };
const parts = [...Object.keys(flat(real)), 'sent', 'cooldown', 'channels', '__proto__', 'constructor'];
const oddRecord = fc
  .dictionary(fc.constantFrom(...parts), odd(), { minKeys: 1, maxKeys: 3 })
  .map((some) => asStored({ ...flat(real), ...some }));

/** Reads a text as the record of a task. */
export function readStored(body: string): Decoded {
  return decodeRecord({ partition: 'project:p', id: 'task:t1' }, body);
}

/** A record that can be written and read again, unreadable text, or one of a newer version. */
export const STORED: Border<string, Decoded> = {
  name: 'stored text',
  inputs: fc.oneof(mutated([encodeRecord(real)]), oddRecord, wild()),
  read: readStored,
  classify(decoded) {
    if (decoded.kind === 'newer' && !(decoded.version > 1)) throw new Error('a version that is not newer');
    if (decoded.kind !== 'record') return decoded.kind;
    const again = encodeRecord(decoded.record);
    const reread = readStored(again);
    if (reread.kind !== 'record' || encodeRecord(reread.record) !== again) throw new Error('it changed');
    return 'record';
  },
  kinds: { record: 0.01, unreadable: 0.1, newer: 0.001 },
};
