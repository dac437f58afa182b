import { expect } from 'vitest';
import type { ExpectedText, Fixture } from './fixture.ts';
import type { Replayed, TimedEvent } from './replay.ts';
import { readMoment, readSpan, withMoments, writeMoment } from './times.ts';

/** An event that a timeline expects. */
interface Expected {
  /** As it stands in the fixture. */
  readonly line: string;
  /** The number of the first look that can make it. */
  readonly tick: number;
  readonly who: string | undefined;
  readonly type: string;
  readonly severity: string;
  /** A part of its summary. */
  readonly words: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly without: readonly string[];
}

/** The events of a replay compared with the expected ones. */
export interface Comparison {
  /** Events, line by line: an expected one in the words of the fixture. */
  readonly actual: readonly string[];
  readonly expected: readonly string[];
  readonly falseOnes: number;
  readonly missed: number;
  /** In looks. */
  readonly latest: number;
  /** The data of each expected event, and the data that it was to have. */
  readonly data: readonly {
    readonly line: string;
    readonly actual: object;
    readonly expected: object;
    readonly without: readonly string[];
  }[];
}

/** The number of looks by which an event may be late. */
const MOST_LATE = 1;

export function compare({ expect: texts }: Fixture, { events, ticks }: Replayed): Comparison {
  const expected = texts
    .flatMap(written)
    .map((one) => expectedOf(one, ticks))
    .toSorted((a, b) => a.tick - b.tick);
  const open = [...expected];
  const data: Comparison['data'][number][] = [];
  let latest = 0;
  const actual = events.map((one) => {
    const found = open.find((other) => fits(other, one));
    if (found === undefined) return lineOf(one, ticks);
    open.splice(open.indexOf(found), 1);
    latest = Math.max(latest, one.tick - found.tick);
    data.push({ line: found.line, actual: dataOf(one), expected: found.data, without: found.without });
    return found.line;
  });
  const lines = expected.map(({ line }) => line);
  const known = new Set(lines);
  return {
    actual,
    expected: lines,
    falseOnes: actual.filter((line) => !known.has(line)).length,
    missed: open.length,
    latest,
    data,
  };
}

/** Compares the data of an event with that of the fixture. */
export function expectData({ line, actual, expected, without }: Comparison['data'][number]): void {
  expect({ line, ...actual }).toMatchObject({ line, ...expected });
  expect({ line, has: without.filter((key) => key in actual) }).toEqual({ line, has: [] });
}

function fits(expected: Expected, { tick, who, event }: TimedEvent): boolean {
  const late = tick - expected.tick;
  return (
    late >= 0 &&
    late <= MOST_LATE &&
    who === expected.who &&
    shortType(event.type) === expected.type &&
    event.data.severity === expected.severity &&
    wordsOf(event.data.summary).includes(expected.words)
  );
}

function shortType(type: string): string {
  return type.replace(/^dcs\.(?:migration\.)?/, '');
}

/** Without the name that it begins with. */
function wordsOf(summary: string): string {
  return withMoments(summary.slice(summary.indexOf(': ') + 2));
}

function lineOf({ who, tick, event: { type, data } }: TimedEvent, ticks: readonly number[]): string {
  const subject = who === undefined ? '' : `[${who}] `;
  const at = writeMoment(ticks[tick] ?? 0);
  return `${at} ${subject}${shortType(type)} ${data.severity}: ${wordsOf(data.summary)}`;
}

/** With the times of the timeline in the place of dates. */
function dataOf({ event: { data } }: TimedEvent): object {
  return Object(JSON.parse(withMoments(JSON.stringify(data))));
}

interface Line {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>> | undefined;
  readonly without?: readonly string[] | undefined;
}

/** One that repeats itself stands for many. */
function written(text: ExpectedText): Line[] {
  if (typeof text === 'string') return [{ event: text }];
  const { event, every, until, ...more } = text;
  if (every === undefined || until === undefined) return [{ event, ...more }];
  const [, moment = '', rest = ''] = LINE.exec(event) ?? [];
  const [first, last, step] = [readMoment(moment), readMoment(until), readSpan(every)];
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, n) => ({
    event: `${writeMoment(first + n * step)} ${rest}`,
    ...more,
  }));
}

const LINE = /^((?:\d+d )?\d\d:\d\d(?::\d\d)?) (.*)$/;
const EVENT = /^(?:\[(.+?)\] )?([a-z_.]+) (info|action|success|failure): (.+)$/;

function expectedOf({ event, data = {}, without = [] }: Line, ticks: readonly number[]): Expected {
  const [, moment = '', rest = ''] = LINE.exec(event) ?? [];
  const [, who, type = '', severity = '', words = ''] = EVENT.exec(rest) ?? [];
  if (type === '') throw new Error(`not "TIME type severity: words": ${event}`);
  const tick = ticks.indexOf(readMoment(moment));
  if (tick === -1) throw new Error(`there is no look at that time: ${event}`);
  return { line: event, tick, who, type, severity, words, data, without };
}
