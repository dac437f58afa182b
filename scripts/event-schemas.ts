/** What receivers may rely on: for each type of event when it is told, how much it matters, and what its data holds. */
import * as z from 'zod/mini';
import { EVENT_TYPES, type EventData, type EventType, SEVERITIES } from '../lib/events/event.ts';
import type { Severity } from '../lib/events/phase.ts';
import { PHASES } from '../lib/events/phase.ts';

const text = (description: string) => z.string().check(z.describe(description));
const figure = (description: string) => z.number().check(z.describe(description));
const count = (description: string) => z.int().check(z.nonnegative(), z.describe(description));
const time = (description: string) => z.iso.datetime().check(z.describe(`${description} (ISO 8601, UTC).`));
const optional = z.exactOptional;

const phase = (description: string) => z.enum(PHASES).check(z.describe(description));
const SEQUENCE = /^[0-9]{10}$/;
const EVENT_ID = /^evt_[0-9a-f]{24}$/;
const eventId = (description: string) => z.string().check(z.regex(EVENT_ID), z.describe(description));

const STANDING = {
  status: text('The word of DCS, as it is; at most 64 characters. The set of words is open.'),
  phase: phase('What that word means.'),
  since: time('Since when our own clock knows it'),
  derived: optional(
    z
      .literal(true)
      .check(z.describe('The status alone does not say the phase: it was concluded from the statistics.')),
  ),
  rolledBack: optional(
    z
      .literal(true)
      .check(
        z.describe('The IP switch was rolled back: clients are at the source, whatever the status reads.'),
      ),
  ),
  unchecked: optional(
    z.enum(['deleted', 'rolled back']).check(z.describe('What could not be ruled out when this was told.')),
  ),
};
const standing = (description: string) => z.object(STANDING).check(z.describe(description));

const instance = (description: string) =>
  z
    .object({
      name: optional(text('Its name in DCS.')),
      address: optional(text('host:port, several of them for a cluster, or a bucket; as DCS writes it.')),
    })
    .check(z.describe(description));

const SOURCE_KEYS = figure('Keys in the source.');
const TARGET_KEYS = figure('Keys in the target.');
const KEYS = { sourceKeys: optional(SOURCE_KEYS), targetKeys: optional(TARGET_KEYS) };
const INPUT = { inputKbps: optional(figure('Traffic into the target, KB/s.')) };

const OFFSET = figure(
  'How far the target is behind; 0 is not at all. DCS calls it a data volume and documents no unit; summaries take it for bytes, as Redis counts.',
);
const KEY_GAP = figure('By how much the key counts differ: percent of the larger one, rounded up.');
const RETRACTS = eventId('The id of the event that is taken back.');
const REASON = text('Why it is not ready, or why that cannot be told.');
const UNMET = z
  .array(z.enum(['lag', 'keys', 'not migrating', 'lag unknown', 'keys unknown']))
  .check(z.describe('What keeps it from being ready, or must be known to say so and is not.'));
const LAST_FIGURES = z
  .object({
    state: z
      .enum(['in step', 'behind', 'unknown'])
      .check(z.describe('Only in step is a good end. Unknown: nobody ever saw it, or too long before.')),
    at: optional(time('When the figures were seen last, as far as that is known')),
    offset: optional(OFFSET),
    ...KEYS,
    keyGapPercent: optional(KEY_GAP),
    words: text('All of it in words, such as: 9 GB behind, 60 % of the keys missing.'),
  })
  .check(
    z.describe('How far the target was when the replication ended, or when clients were switched to it.'),
  );
const readiness = <More extends z.core.$ZodLooseShape>(more: More) =>
  z
    .object({
      offset: optional(OFFSET),
      maxOffset: figure('Up to this offset the target counts as in step.'),
      ...KEYS,
      keyGapPercent: optional(KEY_GAP),
      maxKeyGapPercent: figure('By how much the key counts may differ. Percent.'),
      looks: count('For so many looks in a row it has to be so.'),
      unreadyOffset: optional(figure('What was announced is taken back above this offset,')),
      unreadyKeyGapPercent: optional(figure('or above this difference of the key counts, in percent,')),
      unreadyLooks: optional(count('for so many looks in a row.')),
      ...more,
    })
    .check(z.describe('What being ready for the cut-over rests on.'));

const GROUP = {
  name: text('Its name in the configuration.'),
  size: count('How many tasks it has.'),
  projects: z
    .array(z.string())
    .check(z.describe('The projects of its tasks, by the names that the configuration gives them.')),
  members: z
    .array(
      z.object({
        id: text("The task's id in DCS."),
        name: text("The task's name."),
        project: text("Its project's name in the configuration."),
        phase: phase('Where it is.'),
        ready: z.boolean().check(z.describe('It is ready for the cut-over.')),
        lastFigures: optional(LAST_FIGURES),
      }),
    )
    .check(z.describe('The first hundred of its tasks, those first that need a look.')),
};
const GROUP_WORDS = 'The group of tasks that the event is about.';
const RETRACTED = z
  .object({
    type: z.enum(EVENT_TYPES).check(z.describe('The type of the event that is taken back.')),
    id: RETRACTS,
    reason: text('What is no longer so.'),
  })
  .check(z.describe('What was said of the group before, and is no longer so.'));

const LOOK_FAILURES = [
  'not found',
  'not authorised',
  'refused',
  'throttled',
  'unreachable',
  'unreadable answer',
] as const;

/** Everything that the data of some event holds. */
export const DATA = {
  task: z
    .object({
      id: text('Its id in DCS.'),
      name: text('Its name in the configuration, else in DCS, else its id.'),
      projectId: text('The Huawei Cloud project.'),
      project: text("The project's name in the configuration."),
      region: text('Where it is.'),
      migrationType: optional(text('As DCS writes it, such as online_migration.')),
      migrationMethod: optional(text('As DCS writes it, such as incremental_migration.')),
      source: optional(instance('Where it migrates from.')),
      target: optional(instance('Where it migrates to.')),
      labels: z.record(z.string(), z.string()).check(z.describe('Its labels in the configuration.')),
    })
    .check(z.describe('The migration task that the event is about.')),
  project: z
    .object({
      id: text('The Huawei Cloud project.'),
      name: text('Its name in the configuration.'),
      region: text('Where it is.'),
      tasks: count('How many tasks of it are watched.'),
    })
    .check(z.describe('The project, when the event is about all its tasks.')),
  group: z.object({ ...GROUP, retracts: optional(RETRACTED) }).check(z.describe(GROUP_WORDS)),
  channel: z
    .object({
      name: text('Its name in the configuration.'),
      reason: text('Why it cannot be told anything.'),
    })
    .check(z.describe('The channel that the event is about; of several the first.')),
  channels: z
    .array(
      z.object({
        name: text('What the configuration calls it.'),
        reason: text('What it answered, or why there was no answer.'),
        since: time('When it broke'),
      }),
    )
    .check(z.describe('All channels that the event is about; of more than two hundred the first.')),
  from: standing('Where the task stood before.'),
  to: standing('Where the task has come to.'),
  standing: standing('Where the task stands.'),
  notObserved: z
    .object({
      phases: z
        .array(z.enum(PHASES))
        .check(z.describe('Phases that must have begun and ended without being seen.')),
      after: time('They began after'),
      before: time('They had ended before'),
    })
    .check(z.describe('What nobody saw.')),
  unchecked: text('What the event says could not be checked, and why: do not act on it unseen.'),
  progress: z
    .object({
      percent: figure('How much is copied.'),
      mark: figure('The mark that was passed. Percent.'),
      percentPerHour: optional(figure('Since the last mark, or since the phase began.')),
      secondsLeft: optional(figure('If it goes on as fast as that. Seconds.')),
      ...KEYS,
      ...INPUT,
      opsPerSecond: optional(figure('Operations per second in the target.')),
    })
    .check(z.describe('Where the full synchronisation is.')),
  readiness: readiness({
    reason: optional(REASON),
    unmet: optional(UNMET),
    retracts: optional(RETRACTS),
  }),
  lastFigures: LAST_FIGURES,
  stall: z
    .object({
      kind: z.enum(['no progress', 'lag grows']).check(z.describe('What is wrong.')),
      since: time('Since when'),
      percent: optional(figure('How much of the full synchronisation is done.')),
      targetKeys: optional(figure('Keys in the target.')),
      offset: optional(figure('How far the target is behind.')),
      ...INPUT,
    })
    .check(z.describe('What does not move, or did not until now.')),
  resynchronisations: count('How often it has fallen back to a full synchronisation by now.'),
  reminders: count('How often this was said before.'),
  dossier: z
    .object({
      errorMessage: optional(text("DCS's own words, without secrets.")),
      log: z
        .array(
          z.object({
            at: optional(text("When: DCS's own text, in a zone that it does not document.")),
            message: text("DCS's own words, without secrets."),
          }),
        )
        .check(z.describe('The last errors in the log of the task, the oldest first.')),
      advice: optional(
        z
          .object({
            cause: text('What those words mean, most likely.'),
            text: text('What to do about it.'),
            source: text('The address of the page that says so.'),
            address: optional(text('The address that is to be permitted, of the migration machine.')),
          })
          .check(z.describe('What is known about the cause.')),
      ),
      unknown: z.array(z.string()).check(z.describe('What could not be read, and why.')),
    })
    .check(z.describe('Why the migration failed, as far as DCS says.')),
  report: z
    .object({
      watchedSince: time('When it was first seen'),
      phases: z
        .array(z.object({ phase: phase('The phase.'), seconds: count('How long it was there. Seconds.') }))
        .check(z.describe('How long it was in each phase.')),
      peakOffset: optional(figure('The largest lag that was seen, within ten percent.')),
      resynchronisations: count('How often it fell back to a full synchronisation.'),
      told: z
        .array(z.object({ type: text('The type of an event.'), at: time('When it was noticed') }))
        .check(
          z.describe(
            'The events about it before this one: of more than 40 the first and the last, of reminders the last.',
          ),
        ),
      unlisted: optional(count('How many more were told.')),
    })
    .check(z.describe('The whole migration, from first sight to end.')),
  validUntil: time('An action may rest on this event until then, if no later one takes it back'),
  sequence: z
    .string()
    .check(
      z.regex(SEQUENCE),
      z.describe("The event's own sequence: an action that rests on a lower one is outdated."),
    ),
  renews: text(
    'The id of the event that said the same before, too long ago to act on. What takes the word back names that one.',
  ),
  number: z
    .int()
    .check(
      z.positive(),
      z.describe(
        'Which event of its source it is, without a gap: 1, 2, 3 … After state was lost it may repeat.',
      ),
    ),
  reason: z.enum(LOOK_FAILURES).check(z.describe('Why looks fail, or did until now.')),
  detail: text('More about the reason: what was answered, and what to do.'),
  severity: z
    .enum(SEVERITIES)
    .check(z.describe('How much it matters: action means that somebody should act.')),
  summary: text('The event in one line of plain text.'),
  consoleUrl: text('Where a person can look it up; absent where no console is known.'),
};
type Field = keyof EventData;

/** What surrounds the data (CloudEvents 1.0). */
export const ENVELOPE = {
  specversion: z.literal('1.0').check(z.describe('Of CloudEvents.')),
  id: eventId(
    'The same on every attempt; also the header webhook-id. Whoever remembers it can ignore repeats.',
  ),
  type: z.enum(EVENT_TYPES).check(z.describe('What has happened.')),
  source: text(
    'Where from: /huaweicloud/dcs/<region>/<project id>/migration-tasks/<task id>; of a project as far as its id; /dcs-migration-watch/groups/<name> of a group; /dcs-migration-watch of a channel.',
  ),
  subject: text(
    "What the event is about: the task's id; of a group its name, of a project its id; of a channel 'watcher'.",
  ),
  time: time('When it was noticed'),
  datacontenttype: z.literal('application/json').check(z.describe('Of the data.')),
  sequence: z
    .string()
    .check(
      z.regex(SEQUENCE),
      z.describe(
        'Grows with the events of one source, also when the state was lost: not below the time in seconds. Sorts as text.',
      ),
    ),
  severity: z.enum(SEVERITIES).check(z.describe('As in data, for brokers that filter by attributes.')),
  phase: phase('Where the task stands, for brokers that filter by attributes.'),
  expirytime: time('As validUntil in data'),
  drill: z.literal(true).check(z.describe('It was played in a rehearsal: nothing of it has happened.')),
};

interface EventKind {
  /** When it is told. */
  readonly when: string;
  readonly severities: readonly Severity[];
  /** What its data holds besides severity, number, summary and link. */
  readonly holds: readonly Field[];
  readonly mayHold?: readonly Field[];
  /** One of these it holds, never both. */
  readonly eitherOf?: readonly Field[];
  /** Fields of which more is known in this type. */
  readonly narrowed?: Readonly<Partial<Record<Field, z.ZodMiniType>>>;
}

const ENDS: readonly Field[] = ['report'];
const FENCE: readonly Field[] = ['validUntil', 'sequence'];
const PLAIN_GROUP = { group: z.object(GROUP).check(z.describe(GROUP_WORDS)) };

export const EVENT_KINDS: Readonly<Record<EventType, EventKind>> = {
  'dcs.migration.first_seen': {
    when: 'the first look at a task. Slack gets one message for all tasks first seen together (some hundred by name, the rest counted). A failure if it has failed; what a discovered task has come to is news',
    severities: ['info', 'action', 'success', 'failure'],
    holds: ['task', 'to'],
    mayHold: ['unchecked', 'dossier'],
  },
  'dcs.migration.status_changed': {
    when: 'the status, or the phase it means, is another one, or is certain now. With a failure comes what is known of its cause, with an end a report, and how far the target of a replication was: only in step is it a good one',
    severities: ['info', 'action', 'success', 'failure'],
    holds: ['task', 'from', 'to'],
    mayHold: ['notObserved', 'unchecked', 'dossier', 'lastFigures', ...ENDS],
  },
  'dcs.migration.gone': {
    when: 'two looks in a row say that a known task does not exist any more (`info` if it had ended before, and well)',
    severities: ['action', 'info'],
    holds: ['task', 'from', 'to'],
    mayHold: ['lastFigures', ...ENDS],
  },
  'dcs.migration.progress': {
    when: 'the full synchronisation passes a mark: 25, 50, 75 %',
    severities: ['info'],
    holds: ['task', 'standing', 'progress'],
  },
  'dcs.migration.cutover_ready': {
    when: 'source and target are in step, by lag and key counts, for three looks in a row. Holds until `validUntil`',
    severities: ['action'],
    holds: ['task', 'standing', 'readiness', ...FENCE],
    mayHold: ['renews'],
    narrowed: {
      readiness: readiness({
        offset: OFFSET,
        keyGapPercent: KEY_GAP,
        sourceKeys: SOURCE_KEYS,
        targetKeys: TARGET_KEYS,
      }),
    },
  },
  'dcs.migration.cutover_unready': {
    when: 'takes `cutover_ready` back: for three looks in a row it is not so any more, or cannot be confirmed; at once when it is far behind. Being switched or stopped is the cut-over, and takes nothing back',
    severities: ['action'],
    holds: ['task', 'standing', 'readiness'],
    narrowed: {
      readiness: readiness({ reason: REASON, unmet: optional(UNMET), retracts: RETRACTS }),
    },
  },
  'dcs.migration.cutover_blocked': {
    when: 'a replication is not ready for ten looks and does not get nearer: which condition is not met and what usually causes it, or that nobody can tell. Once, until that changes; it takes nothing back',
    severities: ['action'],
    holds: ['task', 'standing', 'readiness'],
    narrowed: { readiness: readiness({ reason: REASON, unmet: UNMET }) },
  },
  'dcs.migration.regressed': {
    when: 'incremental replication fell back to a full synchronisation: a failure where somebody was told to be ready, or was switching',
    severities: ['action', 'failure'],
    holds: ['task', 'from', 'standing', 'resynchronisations'],
  },
  'dcs.migration.stalled': {
    when: 'half an hour without progress, or with a lag that only grows',
    severities: ['action'],
    holds: ['task', 'standing', 'stall'],
  },
  'dcs.migration.resumed': {
    when: 'what had stalled moves again, or has left that phase',
    severities: ['info'],
    holds: ['task', 'standing', 'stall'],
  },
  'dcs.migration.forgotten': {
    when: 'waits for a day to be configured, or replicates for a week, with what keeps it from being ready; every day again',
    severities: ['action'],
    holds: ['task', 'standing', 'reminders'],
    mayHold: ['readiness', 'lastFigures'],
  },
  'dcs.migration.ip_switched': {
    when: 'the IP addresses of source and target are switched (`action` if the target was not seen in step right before)',
    severities: ['success', 'action'],
    holds: ['task', 'standing', 'lastFigures'],
    mayHold: ['unchecked'],
  },
  'dcs.migration.ip_rolled_back': {
    when: 'an IP switch was rolled back',
    severities: ['action'],
    holds: ['task', 'standing'],
  },
  'dcs.group.ready': {
    when: 'all tasks of a group are ready for the cut-over. Holds until `validUntil`',
    severities: ['action'],
    holds: ['group', ...FENCE],
    mayHold: ['renews'],
    narrowed: PLAIN_GROUP,
  },
  'dcs.group.failed': {
    when: 'a task of a group failed, or is gone before it had ended. Stands until it runs anew or succeeds',
    severities: ['failure'],
    holds: ['group'],
    narrowed: PLAIN_GROUP,
  },
  'dcs.group.finished': {
    when: 'all tasks of a group have ended (`action` if the target of one was not in step, if one could not be checked, or was deleted before)',
    severities: ['success', 'action'],
    holds: ['group'],
    mayHold: ['unchecked'],
    narrowed: PLAIN_GROUP,
  },
  'dcs.group.retracted': {
    when: 'takes `group.ready`, `group.failed` or `group.finished` back',
    severities: ['action'],
    holds: ['group'],
    narrowed: { group: z.object({ ...GROUP, retracts: RETRACTED }).check(z.describe(GROUP_WORDS)) },
  },
  'dcs.watch.failing': {
    when: 'three looks in a row failed, with the reason. One for the whole project if all its tasks fail, or if its list does where nothing else is seen. Again after one hour, six hours, and each day, as long as it lasts',
    severities: ['action'],
    holds: ['reason', 'detail'],
    mayHold: ['reminders'],
    eitherOf: ['task', 'project'],
  },
  'dcs.watch.restored': {
    when: 'the next good look after `watch.failing`',
    severities: ['info'],
    holds: ['reason', 'detail'],
    eitherOf: ['task', 'project'],
  },
  'dcs.watch.degraded': {
    when: 'a call beside the looks does not work (statistics, list, log), and what is not known because of it',
    severities: ['action'],
    holds: ['project', 'reason', 'detail'],
  },
  'dcs.watch.channel_broken': {
    when: 'channels cannot be told anything until somebody mends them; the others are told in one event that names all that broke in one tick. Again each day, as long as they are',
    severities: ['action'],
    holds: ['channel', 'channels'],
    mayHold: ['reminders'],
  },
};

export type Json = Readonly<Record<string, unknown>>;

/** The JSON Schema (draft 2020-12) of one type of event, as it is sent. */
export function eventJsonSchema(type: EventType): Json {
  const { when, eitherOf } = EVENT_KINDS[type];
  const data = dataOf(EVENT_KINDS[type]);
  const event = z.object({ ...envelopeOf(type), data });
  const {
    '~standard': _methods,
    $schema,
    ...schema
  } = z.toJSONSchema(event, {
    override({ zodSchema, jsonSchema }) {
      relax(jsonSchema);
      if (zodSchema !== data || eitherOf === undefined) return;
      jsonSchema.oneOf = eitherOf.map((field) => ({ properties: { [field]: true }, required: [field] }));
    },
  });
  return { $schema, title: type, description: `${when[0]?.toUpperCase()}${when.slice(1)}.`, ...schema };
}

function envelopeOf(type: EventType) {
  const { phase, expirytime, drill, ...always } = ENVELOPE;
  const { severities, holds } = EVENT_KINDS[type];
  return {
    ...always,
    type: z.literal(type).check(z.describe('What has happened.')),
    severity: z.enum(severities).check(z.describe('As in data, for brokers that filter by attributes.')),
    ...((holds.includes('to') || holds.includes('standing')) && { phase }),
    ...(holds.includes('validUntil') && { expirytime }),
    drill: optional(drill),
  };
}

function dataOf({ severities, holds, mayHold = [], eitherOf = [], narrowed }: EventKind): z.ZodMiniObject {
  const all = { ...DATA, ...narrowed };
  const must = holds.map((field) => [field, all[field]]);
  const may = [...mayHold, ...eitherOf].map((field) => [field, optional(all[field])]);
  return z
    .object({
      ...Object.fromEntries([...must, ...may]),
      severity: z
        .enum(severities)
        .check(z.describe('How much it matters: action means that somebody should act.')),
      number: DATA.number,
      summary: DATA.summary,
      consoleUrl: optional(DATA.consoleUrl),
    })
    .check(z.describe('What there is to say about it.'));
}

/** Receivers ignore what they do not know. A format says more than its pattern, and the bounds of numbers nothing. */
function relax(schema: z.core.JSONSchema.BaseSchema): void {
  if (schema.properties !== undefined) schema.additionalProperties = true;
  if (schema.format !== undefined) delete schema.pattern;
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
  if (schema.additionalProperties !== true) delete schema.propertyNames;
}
