import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord } from '../../lib/records/codec.ts';
import { taskRecordId } from '../../lib/records/keys.ts';
import { newRecord } from '../../lib/records/record.ts';

const KEY = { partition: 'project:p', id: taskRecordId('task-1') };
/** As a record stores it. */
const SERIES = '{"every":300,"at":1767575400,"points":"t8d8jk,rs,,cr,cq;8c,1jk"}';

function recordWith(series: string): string {
  const text = encodeRecord(newRecord(new Date('2026-01-05T00:10:00.000Z')));
  return text.replace('"timeline":[]', `"timeline":[],"series":${series}`);
}

describe('a record with a series of figures', () => {
  it('is read, and written with the same bytes', () => {
    const body = recordWith(SERIES);
    const decoded = decodeRecord(KEY, body);
    expect(decoded.kind === 'record' && encodeRecord(decoded.record)).toBe(body);
  });

  it('is not read where the series is none', () => {
    for (const series of ['1', '{"every":"x"}', '{"every":300,"at":1,"points":7}']) {
      expect(decodeRecord(KEY, recordWith(series)).kind, series).toBe('unreadable');
    }
  });
});
