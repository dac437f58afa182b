import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { isMoment, isSpan } from './times.ts';

/*
 * A timeline as people write it: answers with their times, and beside them the expected events. In looks that repeat
 * themselves a figure that is written `10 .. 20` goes evenly from the first look to the last, and a list of values is
 * gone through again and again.
 */

const moment = z.string().check(z.refine(isMoment, 'expected a time such as 02:15 or 3d 02:15'));
const span = z.string().check(z.refine(isSpan, 'expected a span of time such as 30s, 5m, 2h or 7d'));
const oneOrMore = <T extends z.ZodMiniType>(one: T) => z.union([one, z.array(one)]);

const SLOPE = /^\d+(?:\.\d+)? \.\. \d+(?:\.\d+)?$/;
const figure = oneOrMore(z.union([z.number(), z.string().check(z.regex(SLOPE))]));
const text = oneOrMore(z.string());

const figures = z.strictObject({
  progress: z.optional(figure),
  offset: z.optional(figure),
  source: z.optional(figure),
  target: z.optional(figure),
  kbps: z.optional(figure),
  migrating: z.optional(z.boolean()),
});

/** The answers of a look; those that it does not name are as its timeline has them `always`. */
const ANSWERS = {
  status: z.optional(text),
  task_status: z.optional(text),
  method: z.optional(z.string()),
  type: z.optional(z.string()),
  updated_at: z.optional(text),
  stats: z.optional(
    z.union([figures, oneOrMore(z.union([figures, z.enum(['denied', 'failing', 'missing', 'skipped'])]))]),
  ),
  /** Whether the list of tasks has the task. */
  list: z.optional(oneOrMore(z.enum(['yes', 'no', 'denied', 'failing', 'unreadable', 'skipped']))),
  /** The status in the list, where that differs. */
  listed_status: z.optional(z.string()),
  error: z.optional(z.string()),
  /** Lines of level ERROR, the oldest first. */
  logs: z.optional(z.union([z.array(z.string()), z.enum(['denied', 'failing'])])),
  /** A look that saw nothing, and why. */
  look: z.optional(
    oneOrMore(
      z.enum([
        'good',
        'missing',
        'unreachable',
        'throttled',
        'not authorised',
        'unreadable answer',
        'not made',
      ]),
    ),
  ),
} as const;

const answers = z.strictObject(ANSWERS);
const look = z.strictObject({ at: moment, every: z.optional(span), until: z.optional(moment), ...ANSWERS });
const task = z.strictObject({ always: z.optional(answers), looks: z.array(look) });

const expected = z.union([
  z.string(),
  z.strictObject({
    event: z.string(),
    /** For one that repeats itself. */
    every: z.optional(span),
    until: z.optional(moment),
    /** Facts that its data must hold; times as in the timeline. */
    data: z.optional(z.record(z.string(), z.unknown())),
    /** Fields that its data must not have. */
    without: z.optional(z.array(z.string())),
  }),
]);

const thresholds = z.strictObject({
  progress: z.optional(z.array(z.number())),
  max_offset: z.optional(z.number()),
  max_key_gap: z.optional(z.number()),
  looks: z.optional(z.number()),
  unready_offset: z.optional(z.number()),
  unready_key_gap: z.optional(z.number()),
  unready_looks: z.optional(z.number()),
  blocked_after: z.optional(z.number()),
  figures_valid_for: z.optional(span),
  stalled_after: z.optional(span),
  forgotten_configuring: z.optional(span),
  forgotten_incremental: z.optional(span),
  forgotten_every: z.optional(span),
});

const fixture = z.strictObject({
  title: z.string(),
  about: z.string(),
  thresholds: z.optional(thresholds),
  always: z.optional(answers),
  /** The looks at the one task of the timeline. */
  looks: z.optional(z.array(look)),
  /** Several tasks instead, by name. */
  tasks: z.optional(z.record(z.string(), task)),
  /** The name of the group that the tasks are. */
  group: z.optional(z.string()),
  /** The tasks are discovered, beside so many others that ended before. */
  discovered: z.optional(z.strictObject({ past: z.number() })),
  /** How many looks are made, where not every task is due each time. */
  looks_made: z.optional(z.number()),
  /** How many looks write something: at most so many. */
  most_writes: z.optional(z.number()),
  expect: z.array(expected),
});

export type Fixture = z.output<typeof fixture> & { readonly file: string };
export type TimelineTask = z.output<typeof task>;
export type LookText = z.output<typeof look>;
export type Answers = z.output<typeof answers>;
export type Figures = z.output<typeof figures>;
export type ExpectedText = z.output<typeof expected>;

const FOLDER = new URL('../../fixtures/timelines/', import.meta.url);

/** All recorded timelines, by name of file. */
export const TIMELINES: readonly Fixture[] = readdirSync(FOLDER)
  .toSorted()
  .map((file) => ({ file, ...read(file) }));

function read(file: string): z.output<typeof fixture> {
  const parsed = fixture.safeParse(parse(readFileSync(new URL(file, FOLDER), 'utf8')));
  if (parsed.success) return parsed.data;
  throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
}
