import { describe, expect, it } from 'vitest';
import { dossierWords } from '../../../../lib/language/en/sentences/failures.ts';
import { dossierOf } from '../../../../lib/migration/detect/transition/dossier.ts';
import type { Enrichment } from '../../../../lib/migration/model/enrichment.ts';

const line = (message: string, at?: string) => ({ message, keywords: [], ...(at !== undefined && { at }) });
const listed = (errorMessage?: string): Enrichment => ({
  listed: { kind: 'known', value: { taskId: 'a', ...(errorMessage !== undefined && { errorMessage }) } },
});
const logs = (...messages: readonly string[]): Enrichment => ({
  logs: { kind: 'known', value: messages.map((message) => line(message)) },
});

describe('a dossier', () => {
  it('has the last five lines of the log, the oldest first', () => {
    const newestFirst = ['7', '6', '5', '4', '3', '2', '1'];
    expect(dossierOf({ ...listed('why'), ...logs(...newestFirst) })).toEqual({
      errorMessage: 'why',
      log: ['3', '4', '5', '6', '7'].map((message) => ({ message })),
      unknown: [],
    });
  });

  it("keeps the service's own times", () => {
    const dossier = dossierOf({ logs: { kind: 'known', value: [line('x', '2023-05-15T09:11:25.449Z')] } });
    expect(dossier.log).toEqual([{ at: '2023-05-15T09:11:25.449Z', message: 'x' }]);
  });

  it.each<[Enrichment, string]>([
    [listed('overcoming of output buffer limits'), 'client-output-buffer-limit'],
    [{ ...listed('migration failed'), ...logs('x', 'WRONGPASS') }, 'password'],
  ])('has advice from the error message and from the log', (enrichment, cause) => {
    expect(dossierOf(enrichment).advice?.cause).toBe(cause);
  });

  it.each<[Enrichment, readonly string[]]>([
    [{}, ['the error message: was not read', 'the log: was not read']],
    [
      { listed: { kind: 'denied', detail: '' }, logs: { kind: 'missing', detail: '' } },
      ['the error message: the access key may not read it', 'the log: this task has none'],
    ],
    [
      {
        listed: { kind: 'failed', reason: 'throttled', detail: '' },
        logs: { kind: 'skipped', why: 'resting' },
      },
      ['the error message: could not be read (throttled)', 'the log: was not read'],
    ],
    [{ listed: { kind: 'known', value: 'absent' }, ...logs() }, []],
  ])('names what could not be read: %j', (enrichment, unknown) => {
    expect(dossierOf(enrichment)).toMatchObject({ log: [], unknown });
  });
});

describe('the short form of a dossier', () => {
  it.each<[Enrichment, string]>([
    [{}, ''],
    [listed('why'), ': why'],
    [logs('newest', 'older'), ': newest'],
    [{ ...listed('why'), ...logs('newest') }, ': why'],
    [logs('NOAUTH Authentication required.'), ' (password): NOAUTH Authentication required.'],
  ])('of %j is "%s"', (enrichment, words) => {
    expect(dossierWords(dossierOf(enrichment))).toBe(words);
  });

  it('is cut between characters, not within one', () => {
    const words = dossierWords(dossierOf(listed('🚚'.repeat(200))));
    expect(words.isWellFormed()).toBe(true);
    expect([...words].length).toBeLessThanOrEqual(122);
    expect(words.endsWith('…')).toBe(true);
  });
});
