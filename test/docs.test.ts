import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import type { Audience, OutcomeClass } from '../lib/channels/channel.ts';
import { deadlineOf, retryDelayMs } from '../lib/delivery/outbox/backoff/retry-policy.ts';
import { isFinal, PHASES } from '../lib/events/phase.ts';
import { HttpError, type HttpErrorCode, type HttpLimits, type HttpResponse } from '../lib/http/client.ts';
import { channelAt, eventOf as channelEvent, NOW, SETTINGS } from './channels/support.ts';
import { eventOf } from './migration/events.ts';
import { itemsOf, plain, sectionOf, tableOf } from './support/markdown.ts';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const PROMISE = read('docs/promise.md');
const README = read('README.md');

/** Every line with a ✓, and every sentence of the README's list. */
function claimsOf(promise: string, readme: string): string[] {
  const lines = itemsOf(promise, /^- ✓ /);
  const sentences = itemsOf(sectionOf(readme, 'The promise'), /^\d+\. /).flatMap((item) =>
    item.split(/(?<=\.) /),
  );
  return [...lines, ...sentences].map(plain);
}

const SKIPPING = /\.(?:skip|todo|fails|skipIf|runIf)\b/;

/** The names of the tests of a file, as it says them itself. What is skipped is no test. */
function testNames(source: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const callee = node.expression.getText();
      if (SKIPPING.test(callee)) return;
      const [name] = node.arguments;
      if (/^(?:test|it)$/.test(callee) && name !== undefined && ts.isStringLiteralLike(name))
        names.push(name.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('tests.ts', source, ts.ScriptTarget.ESNext, true));
  return names;
}

/** All test names of the suite. */
function suite(): Set<string> {
  const files = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' });
  const tests = files.filter((file) => file.endsWith('.test.ts'));
  return new Set(tests.flatMap((file) => testNames(read(`test/${file}`))));
}

function unproven(claims: readonly string[], names: ReadonlySet<string>): string[] {
  return claims.filter((claim) => !names.has(claim));
}

describe('a claim', () => {
  test('of the README and of docs/promise.md is the name of a test', () => {
    const claims = claimsOf(PROMISE, README);
    expect(claims.length).toBeGreaterThan(50);
    expect(unproven(claims, suite())).toEqual([]);
  });

  test('that has no test is found, on either page', () => {
    const promise = `${PROMISE}\n- ✓ Pigs fly, whatever\n  the weather\n`;
    const readme = README.replace('## The promise\n', '## The promise\n\n1. Pigs **fly**. Cows do, too.\n');
    expect(unproven(claimsOf(promise, readme), suite())).toEqual([
      'Pigs fly, whatever the weather',
      'Pigs fly',
      'Cows do, too',
    ]);
  });

  test('is not proven by a test that is skipped, planned, or only quoted', () => {
    const source = `
      test.skip('a', () => {});
      describe.skip('b', () => { test('c', () => {}); });
      test.todo('d');
      // test('e', () => {});
      const f = "test('f')";
      describe('g', () => { test('h', () => {}); it('i', LONG, () => {}); });`;
    expect(testNames(source)).toEqual(['h', 'i']);
  });

  test('is in docs/promise.md if it has a test under test/promise/', () => {
    const files = readdirSync(new URL('promise/', import.meta.url)).filter((file) =>
      file.endsWith('.test.ts'),
    );
    const names = files.flatMap((file) => testNames(read(`test/promise/${file}`)));
    const lines = new Set(itemsOf(PROMISE, /^- ✓ /).map(plain));
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !lines.has(name))).toEqual([]);
  });

  test('is made once', () => {
    const lines = itemsOf(PROMISE, /^- ✓ /);
    expect(new Set(lines).size).toBe(lines.length);
  });
});

const MEANINGS: ReadonlyMap<string, OutcomeClass> = new Map([
  ['delivered', 'delivered'],
  ['tried again later', 'transient'],
  ['tried again later; the third in a row: the channel is broken', 'transient'],
  ['the channel pauses', 'pause'],
  ['refused', 'permanent'],
  ['refused, for it may have been taken; the third in a row: the channel is broken', 'permanent'],
  ['sent once more as plain text; refused if that is, too', 'permanent'],
  ['the channel is broken', 'broken'],
]);

function isCounted(words: string): boolean {
  return words.endsWith('the third in a row: the channel is broken');
}

function meaning(words: string): OutcomeClass {
  const found = MEANINGS.get(words);
  if (found === undefined) throw new Error(`no outcome is called ${words}`);
  return found;
}

const ALL_STATUSES = Array.from({ length: 500 }, (_, index) => 100 + index);

interface Row {
  readonly statuses: readonly number[];
  /** `any other`: what no row names by itself. */
  readonly isRest: boolean;
  /** Only with this header. */
  readonly retryAfter: boolean;
  readonly words: string;
}

/** `408, 425, 500–599`, `any other 400–499`, `502, 503, 504 with \`Retry-After\`` */
function rowOf(cell: string, words: string): Row {
  const retryAfter = cell.endsWith(' with `Retry-After`');
  const isRest = cell.startsWith('any other ');
  const ranges = cell.replace(' with `Retry-After`', '').replace('any other ', '').split(', ');
  const statuses = ranges.flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('–').map(Number);
    return ALL_STATUSES.filter((status) => status >= first && status <= last);
  });
  if (statuses.length < ranges.length) throw new Error(`what is ${cell}?`);
  return { statuses, isRest, retryAfter, words };
}

/** The rows that speak of a status: those that name it, else the rest. */
function rowsFor<R extends Row>(rows: readonly R[], status: number): readonly R[] {
  const speaking = rows.filter(({ statuses, retryAfter }) => statuses.includes(status) && !retryAfter);
  const named = speaking.filter(({ isRest }) => !isRest);
  return named.length > 0 ? named : speaking;
}

/** The one row that speaks of a status. */
function rowFor(rows: readonly Row[], status: number): Row {
  const [row, ...others] = rowsFor(rows, status);
  if (row === undefined || others.length > 0) throw new Error(`not one row speaks of ${status}`);
  return row;
}

interface SlackRow extends Row {
  readonly bodies: readonly string[];
}

function slackTable(): SlackRow[] {
  return tableOf(PROMISE, 'slack').map(([status = '', bodies = '', words = '']) => ({
    ...rowOf(status, words),
    bodies: bodies.split(', ').map((body) => body.replaceAll('`', '')),
  }));
}

function isAnything(body: string): boolean {
  return body === 'anything' || body === 'anything else';
}

function isListed(body: string): boolean {
  return !isAnything(body) && body !== 'a page';
}

/** What the one row says that speaks of a status and a body: one that names the body, else the one for any body. */
function wordsFor(table: readonly SlackRow[], status: number, body: string): string {
  const rows = table.filter(({ statuses }) => statuses.includes(status));
  const kind = body.startsWith('<') ? 'a page' : body;
  const named = rows.filter(({ bodies }) => bodies.includes(kind));
  const any = rows.filter(({ bodies }) => bodies.some(isAnything));
  const [row, ...others] = named.length > 0 ? named : rowsFor(any, status);
  if (row === undefined || others.length > 0) throw new Error(`not one row speaks of ${status} ${body}`);
  return row.words;
}

interface Sent {
  readonly outcome: OutcomeClass;
  /** Whether several in a row break the channel. */
  readonly breaks: boolean;
  readonly requests: readonly HttpLimits[];
}

/** What a channel of this type makes of an answer, or of an error instead. */
async function send(type: keyof typeof SETTINGS, answer: Partial<HttpResponse> | HttpError): Promise<Sent> {
  const requests: HttpLimits[] = [];
  const channel = await channelAt('https://receiver.example/', SETTINGS[type], {
    request: async (_request, limits) => {
      requests.push(limits);
      if (answer instanceof HttpError) throw answer;
      return { status: 200, headers: {}, body: '', truncated: false, ms: 1, ...answer };
    },
    close: async () => undefined,
  });
  const { class: outcome, notHere = false } = await channel.send({ events: [channelEvent()], now: NOW });
  return { outcome, breaks: notHere, requests };
}

describe('the table of what an answer means', () => {
  test('to a webhook holds for every status from 100 to 599', async () => {
    const rows = tableOf(PROMISE, 'webhook').map(([status = '', words = '']) => rowOf(status, words));
    for (const status of ALL_STATUSES) {
      for (const body of ['', 'ok', 'invalid_blocks']) {
        const { outcome, breaks } = await send('webhook', { status, body });
        const { words } = rowFor(rows, status);
        expect([status, outcome, breaks]).toEqual([status, meaning(words), isCounted(words)]);
      }
      const withHeader = rows.find(({ statuses, retryAfter }) => retryAfter && statuses.includes(status));
      const { outcome } = await send('webhook', { status, headers: { 'retry-after': '90' } });
      expect([status, outcome]).toEqual([status, meaning((withHeader ?? rowFor(rows, status)).words)]);
    }
  });

  test('to Slack holds for every status from 100 to 599 and every word in the body', async () => {
    const table = slackTable();
    const listed = [...new Set(table.flatMap(({ bodies }) => bodies))].filter(isListed);
    expect(listed.length).toBeGreaterThan(18);
    for (const status of ALL_STATUSES) {
      for (const body of [...listed, '', '<html>a proxy</html>']) {
        const words = wordsFor(table, status, body);
        const { outcome, breaks, requests } = await send('slack', { status, body });
        expect([status, body, breaks]).toEqual([status, body, isCounted(words)]);
        expect([status, body, outcome]).toEqual([status, body, meaning(words)]);
        expect(requests).toHaveLength(words.startsWith('sent once more') ? 2 : 1);
      }
    }
  });

  test('covers every way in which there is no answer', async () => {
    const codes: ReadonlyMap<string, readonly HttpErrorCode[]> = new Map<string, readonly HttpErrorCode[]>([
      ['no such name, or the lookup failed', ['dns']],
      ['connection refused, closed or reset', ['connection']],
      ['what came is not HTTP', ['protocol']],
      ['headers that are too long', ['too_large']],
      ['no complete answer in time', ['timeout']],
      ['a certificate that cannot be trusted', ['tls']],
      ['an address that is private, or not https', ['blocked_address']],
    ]);
    const rows = tableOf(PROMISE, 'silence');
    expect(rows.map(([what]) => what).toSorted()).toEqual([...codes.keys()].toSorted());
    for (const [what = '', words = ''] of rows) {
      for (const code of codes.get(what) ?? []) {
        const error = new HttpError({
          code,
          host: 'receiver.example',
          ms: 1,
          message: 'receiver.example: no',
        });
        for (const type of ['slack', 'webhook'] as const) {
          expect([code, type, (await send(type, error)).outcome]).toEqual([code, type, meaning(words)]);
        }
      }
    }
  });

  test('fails these tests when it is wrong', async () => {
    const lies = PROMISE.replace('| 429 | the channel pauses |', '| 429 | refused |');
    const rows = tableOf(lies, 'webhook').map(([status = '', words = '']) => rowOf(status, words));
    expect(meaning(rowFor(rows, 429).words)).not.toBe((await send('webhook', { status: 429 })).outcome);
    const gaps = PROMISE.replace('| 200–299 | delivered |\n', '');
    const rest = tableOf(gaps, 'webhook').map(([status = '', words = '']) => rowOf(status, words));
    expect(() => rowFor(rest, 200)).toThrow('not one row speaks of 200');
  });
});

const UNITS: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000 };

function msOf(words: string): number {
  const [, count = '', unit = ''] = /^(\d+) (s|min|h)$/.exec(words) ?? [];
  return Number(count) * (UNITS[unit] ?? Number.NaN);
}

describe('the table of waits', () => {
  test('is the schedule', () => {
    const [[, ...waits] = []] = tableOf(PROMISE, 'schedule');
    expect(waits.length).toBeGreaterThan(5);
    for (const audience of ['people', 'programs'] as const) {
      const planned = (attempts: number) =>
        retryDelayMs({ audience, attempts, retryAfterMs: undefined, random: 0.5 });
      expect(waits.map(msOf)).toEqual(waits.map((_, index) => planned(index + 1)));
      expect(planned(100)).toBe(msOf(waits.at(-1) ?? ''));
    }
  });
});

describe('the table of bounds', () => {
  const TYPES = [
    ['people', 'slack'],
    ['programs', 'webhook'],
  ] as const;
  const rows = tableOf(PROMISE, 'bounds');
  const boundOf = (what: string, audience: Audience) => {
    const row = rows.find(([first = '']) => first.startsWith(what));
    return msOf(row?.[audience === 'people' ? 1 : 2] ?? '');
  };

  test.each(TYPES)('says how long events for %s are tried', (audience) => {
    const tried = (phase: (typeof PHASES)[number]) => deadlineOf(eventOf(1, { phase, at: 0 }), audience);
    const [named = ''] = rows.find(([first = '']) => first.startsWith('the end')) ?? [];
    const finals = [...named.matchAll(/`(\w+)`/g)].map(([, phase]) => phase);
    expect(finals.toSorted()).toEqual(PHASES.filter(isFinal).toSorted());
    for (const phase of PHASES) {
      expect(tried(phase)).toBe(boundOf(isFinal(phase) ? 'the end of a migration' : 'an event', audience));
    }
  });

  test.each(TYPES)(
    'says how far Retry-After counts for %s, and how long a request may take',
    async (audience, type) => {
      const asked = { audience, attempts: 1, retryAfterMs: 1e12, random: 0.5 };
      expect(retryDelayMs(asked)).toBe(boundOf('`Retry-After`', audience));
      const { requests } = await send(type, { status: 500 });
      expect(requests.map(({ timeoutMs }) => timeoutMs)).toEqual([boundOf('one request', audience)]);
    },
  );
});

describe('docs/proof.md', () => {
  const proof = read('docs/proof.md');

  test('has a figure in every place that was left for one', () => {
    expect(proof).not.toMatch(/\b[A-Z]+_[A-Z]+\b/);
    const tables = [...proof.matchAll(/<!-- (\w+) -->(.*?)<!-- \/\1 -->/gs)];
    expect(tables.map(([, name]) => name)).toEqual(['table', 'faults', 'delays', 'settings', 'mutants']);
    for (const [, name, content = ''] of tables) expect(content, name).toMatch(/^\| .*\d/m);
  });
});
