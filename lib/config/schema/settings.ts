import * as z from 'zod/mini';
import { defined } from '../../base/defined.ts';
import { spanText } from '../../base/time/span.ts';
import {
  DEFAULT_LOCALE,
  type LanguageName,
  languageSchema,
  timeZoneSchema,
} from '../../channels/chat/locale.ts';
import { DEFAULT_THRESHOLDS, type Thresholds, unreadyLimits } from '../../migration/model/thresholds.ts';
import { pause, span } from './duration.ts';
import { type Heartbeat, heartbeatSchema } from './heartbeat.ts';

/** Settings for all projects and channels. */
export interface Settings {
  /** Milliseconds between two ticks of a local run. */
  readonly intervalMs: number;
  /**
   * Milliseconds between two looks within one tick at tasks near a change; less than the interval. Absent: each tick
   * looks once.
   */
  readonly lookEveryMs?: number;
  /** Milliseconds between two looks at an ended task, which may be started again. */
  readonly finishedEveryMs: number;
  /** The rate of requests to one endpoint with one access key. */
  readonly requestsPerSecond: number;
  /** Whether the function makes a run for each project; `auto`: if there are too many tasks for one run. */
  readonly runPerProject: 'auto' | 'always' | 'never';
  /** A link with the placeholders `{region}`, `{project}` and `{task}`; absent: Huawei Cloud's own console. */
  readonly consoleUrl?: string;
  /** Limits beyond which an event is due. */
  readonly thresholds: Thresholds;
  readonly heartbeat?: Heartbeat;
  /** The default language of chats. */
  readonly language: LanguageName;
  /** The default time zone. Absent: UTC in chats, that of the machine in commands. */
  readonly timeZone?: string;
}

/** The interval where the file has none. */
export const DEFAULT_INTERVAL = '60s';
const DEFAULT_FINISHED_EVERY = '15m';
const { progressMarks, cutover, stalledAfterMs, forgotten, actionsValidForMs } = DEFAULT_THRESHOLDS;

const RATE = 'expected a number above 0, at most 100';
/** The console page of Huawei Cloud for DCS in a region. */
export const CONSOLE_OF_HUAWEI = 'https://console.huaweicloud.com/dcs/?region={region}';
const CONSOLE_URL = 'expected an https:// address, in which {region}, {project} and {task} are filled in';
const OFFSET = 'expected a number of at least 0';
const PERCENT = 'expected a number from 0 to 100';
const LOOKS = 'expected a whole number from 1 to 100';
const MARK = 'expected a number above 0 and below 100';
const ASCENDING = 'expected more than the mark before it: each mark once, in ascending order';

/** Checks a link for messages. The program never requests it. */
function isConsoleUrl(template: string): boolean {
  const filled = template.replaceAll(/\{(?:region|project|task)\}/g, 'x');
  const url = URL.parse(filled);
  return url?.protocol === 'https:' && url.username === '' && url.password === '' && !/[{}\s]/.test(filled);
}

export const consoleUrl = z.optional(
  z.string({ error: CONSOLE_URL }).check(z.refine(isConsoleUrl, CONSOLE_URL)),
);

/** Reports each mark that is out of order, at its own path. */
const ascending = z.check<number[]>(({ value, issues }) => {
  for (const [i, mark] of value.entries()) {
    const before = value[i - 1];
    if (before === undefined || before < mark) continue;
    issues.push({ code: 'custom', path: [i], input: mark, message: ASCENDING, continue: true });
  }
});

const progressSchema = z
  .array(z.number({ error: MARK }).check(z.gt(0, MARK), z.lt(100, MARK)))
  .check(z.maxLength(99), ascending);

const offset = z.number({ error: OFFSET }).check(z.gte(0, OFFSET));
const percent = z.number({ error: PERCENT }).check(z.gte(0, PERCENT), z.lte(100, PERCENT));
const looks = z.int({ error: LOOKS }).check(z.gte(1, LOOKS), z.lte(100, LOOKS));

/** Refuses retraction limits that are stricter than those of the announcement. */
const notBelow = z.check<CutoverText>(({ value, issues }) => {
  const pairs = [
    ['unreadyOffset', value.unreadyOffset, 'maxOffset', value.maxOffset],
    ['unreadyKeyGap', value.unreadyKeyGap, 'maxKeyGap', value.maxKeyGap],
  ] as const;
  for (const [name, unready, other, max] of pairs) {
    // Another check refuses an invalid number.
    if (unready === undefined || unready < 0 || unready >= max) continue;
    const message = `expected at least ${other}, which is ${max}: above it, readiness is taken back`;
    issues.push({ code: 'custom', path: [name], input: unready, message, continue: true });
  }
});

interface CutoverText {
  readonly maxOffset: number;
  readonly maxKeyGap: number;
  readonly unreadyOffset?: number | undefined;
  readonly unreadyKeyGap?: number | undefined;
}

const cutoverSchema = z
  .strictObject({
    maxOffset: z
      ._default(offset, cutover.maxOffset)
      .check(z.describe('The largest lag of the target (offset, assumed to be bytes); 0: none.')),
    maxKeyGap: z
      ._default(percent, cutover.maxKeyGapPercent)
      .check(z.describe('The largest difference between the two key counts, in percent.')),
    looks: z
      ._default(looks, cutover.looks)
      .check(z.describe('How many looks in a row must meet these limits.')),
    unreadyOffset: z
      .optional(offset)
      .check(
        z.describe(
          'Readiness is taken back when the target is further behind than this; not less than maxOffset. Default: ten times maxOffset, at least 100000.',
        ),
      ),
    unreadyKeyGap: z
      .optional(percent)
      .check(
        z.describe(
          'Readiness is taken back when the key counts differ by more percent than this; not less than maxKeyGap. Default: twice maxKeyGap, at least one more.',
        ),
      ),
    unreadyLooks: z
      ._default(looks, cutover.unreadyLooks)
      .check(
        z.describe(
          'How many looks in a row must be beyond these limits; a value far beyond them counts at once.',
        ),
      ),
    blockedAfter: z
      ._default(looks, cutover.blockedAfter)
      .check(
        z.describe(
          'How many looks at a replication that is not ready, and does not get closer, before an event says why.',
        ),
      ),
    figuresValidFor: z
      .prefault(span, spanText(cutover.figuresValidForMs))
      .check(
        z.describe(
          'An end is only a good one if source and target were in step at a look no older than this.',
        ),
      ),
  })
  .check(notBelow);

const forgottenSchema = z.strictObject({
  configuring: z
    .prefault(span, spanText(forgotten.configuringMs))
    .check(z.describe('How long a task may wait to be configured before a reminder.')),
  incremental: z
    .prefault(span, spanText(forgotten.incrementalMs))
    .check(z.describe('How long a replication may run before a reminder.')),
  every: z.prefault(span, spanText(forgotten.everyMs)).check(z.describe('The time between two reminders.')),
});

/** The schema of the settings in the file. */
export const settingsSchema = z.strictObject({
  language: z
    ._default(languageSchema, DEFAULT_LOCALE.language)
    .check(z.describe('The language of messages in chats; a chat may have its own.')),
  timeZone: z
    .optional(timeZoneSchema)
    .check(
      z.describe(
        'The time zone of messages in chats (default UTC; a chat may have its own) and of commands (default that of the machine), such as Asia/Shanghai.',
      ),
    ),
  interval: z
    .prefault(pause, DEFAULT_INTERVAL)
    .check(z.describe('The time between two ticks of a local run: 60s, 5m, 1h.')),
  lookEvery: z
    .optional(pause)
    .check(
      z.describe(
        'The time between several looks inside one tick, at tasks that are about to change: 10s. Less than the interval; default: one look per tick.',
      ),
    ),
  lookAtFinishedEvery: z
    .prefault(span, DEFAULT_FINISHED_EVERY)
    .check(
      z.describe('How often to look at tasks that ended more than an hour ago; they may be started again.'),
    ),
  requestsPerSecond: z
    ._default(z.number({ error: RATE }).check(z.gt(0, RATE), z.lte(100, RATE)), 10)
    .check(z.describe('The limit per endpoint and access key.')),
  runPerProject: z
    ._default(z.enum(['auto', 'always', 'never']), 'auto')
    .check(
      z.describe(
        'Whether the function starts a run of its own for each project: auto does with more than 2,000 tasks in several projects. It has no effect on one machine.',
      ),
    ),
  consoleUrl: consoleUrl.check(
    z.describe(
      "The link in messages; {region}, {project} and {task} are filled in. Default: Huawei Cloud's console, for its own endpoints.",
    ),
  ),
  progress: z
    ._default(progressSchema, [...progressMarks])
    .check(
      z.describe('The percentages of the full synchronisation that are announced, ascending; [] for none.'),
    ),
  cutover: z.prefault(cutoverSchema, {}).check(z.describe('When a task counts as ready for the cut-over.')),
  stalledAfter: z
    .prefault(span, spanText(stalledAfterMs))
    .check(
      z.describe(
        'How long a task goes without progress, or with a growing lag, before it counts as stalled.',
      ),
    ),
  forgotten: z
    .prefault(forgottenSchema, {})
    .check(z.describe('When to send reminders of tasks that wait for people.')),
  actionsValidFor: z
    .prefault(span, spanText(actionsValidForMs))
    .check(z.describe('How long after an event a program may act on it.')),
  heartbeat: z.optional(heartbeatSchema),
});

/** Turns the settings of the file into those of the program. */
export function settingsOf(file: z.output<typeof settingsSchema>): Settings {
  const { language, timeZone, interval, lookEvery, lookAtFinishedEvery, requestsPerSecond, runPerProject } =
    file;
  const { consoleUrl, heartbeat } = file;
  return defined({
    intervalMs: interval,
    lookEveryMs: lookEvery,
    finishedEveryMs: lookAtFinishedEvery,
    requestsPerSecond,
    runPerProject,
    consoleUrl,
    thresholds: thresholdsOf(file),
    heartbeat,
    language,
    timeZone,
  });
}

function thresholdsOf(file: z.output<typeof settingsSchema>): Thresholds {
  const { progress, cutover, stalledAfter, forgotten, actionsValidFor } = file;
  const { maxOffset, maxKeyGap, looks, unreadyLooks, blockedAfter, figuresValidFor } = cutover;
  const limits = unreadyLimits(maxOffset, maxKeyGap);
  const { configuring, incremental, every } = forgotten;
  return {
    progressMarks: progress,
    cutover: {
      maxOffset,
      maxKeyGapPercent: maxKeyGap,
      looks,
      unreadyOffset: cutover.unreadyOffset ?? limits.unreadyOffset,
      unreadyKeyGapPercent: cutover.unreadyKeyGap ?? limits.unreadyKeyGapPercent,
      unreadyLooks,
      blockedAfter,
      figuresValidForMs: figuresValidFor,
    },
    stalledAfterMs: stalledAfter,
    forgotten: { configuringMs: configuring, incrementalMs: incremental, everyMs: every },
    actionsValidForMs: actionsValidFor,
  };
}
