/**
 * The one description of an event: types, published JSON Schemas and samples are made from it. The program loads it only
 * for samples, because it checks no event that it made itself.
 */
import * as z from 'zod/mini';
import { SEVERITIES } from './phase.ts';
import { CALL_NAMES } from './reason.ts';
import { answer } from './schema/answer.ts';
import { EVENT_TYPES, LOOK_FAILURES } from './schema/codes.ts';
import { dossier, report } from './schema/ending.ts';
import { explanation } from './schema/explanation.ts';
import { lastFigures, progress, REASON, RETRACTS, readiness, stall, UNMET } from './schema/figures.ts';
import { group, retracted } from './schema/group.ts';
import { notChecked } from './schema/reasons.ts';
import { notObserved, project, standing, task } from './schema/task.ts';
import { count, eventId, optional, phase, sequence, text, time } from './schema/words.ts';
import { TRANSITIONS } from './transition.ts';

/** Everything that the data of some event holds. */
export const DATA = {
  task,
  project,
  group: group({ retracts: optional(retracted) }),
  channel: z
    .object({
      name: text('Its name in the configuration.'),
      reason: text('Why nothing can be delivered to it.'),
      explanation: optional(explanation),
    })
    .check(z.describe('The channel that the event is about; the first one if there are several.')),
  channels: z
    .array(
      z.object({
        name: text('Its name in the configuration.'),
        reason: text('Its answer, or why there was none.'),
        since: time('When it broke'),
        explanation: optional(explanation),
      }),
    )
    .check(z.describe('All channels that the event is about; at most the first two hundred.')),
  from: standing('The state of the task before.'),
  to: standing('The state of the task now.'),
  standing: standing('The current state of the task.'),
  transition: z
    .enum(TRANSITIONS)
    .check(z.describe('The transition as a code. Absent from events of older versions.')),
  switchStatus: text(
    'The status that DCS gives for the end of an IP switch, if it is neither switched nor rolled back.',
  ),
  notObserved,
  unchecked: text(
    'The part of the event that could not be verified, and why. Do not act on it without checking.',
  ),
  notChecked,
  progress,
  readiness: readiness({ reason: optional(REASON), unmet: optional(UNMET), retracts: optional(RETRACTS) }),
  lastFigures,
  stall,
  seconds: count('How long this has lasted, in seconds.'),
  resynchronisations: count('How often the task has fallen back to a full synchronisation so far.'),
  reminders: count('How often this was sent before.'),
  dossier,
  report,
  validUntil: time('Programs may act on this event until then, unless a later one takes it back'),
  sequence: sequence("The event's own sequence. An action based on a lower sequence is outdated."),
  renews: text(
    'The id of the earlier event that this one renews because it became too old to act on. An event that takes this one back names that id.',
  ),
  number: z
    .int()
    .check(
      z.positive(),
      z.describe(
        'The number of the event within its source, without a gap: 1, 2, 3 … May repeat after state was lost.',
      ),
    ),
  reason: z.enum(LOOK_FAILURES).check(z.describe('Why looks fail, or why they failed until now.')),
  since: time('Since when looks fail, or failed until now'),
  looks: count('How many looks in a row had failed.'),
  call: z.enum(CALL_NAMES).check(z.describe('The DCS call that fails.')),
  unlisted: count('How many more channels there are than those listed.'),
  detail: text('Details of the reason: the answer, and what to do.'),
  answer,
  severity: z
    .enum(SEVERITIES)
    .check(z.describe('Severity of the event; action means that somebody should act.')),
  summary: text('The event in one line of plain text.'),
  consoleUrl: text('Link to the console for people; absent if no console is known.'),
};

/** The attributes around the data (CloudEvents 1.0). */
export const ENVELOPE = {
  specversion: z.literal('1.0').check(z.describe('The version of CloudEvents.')),
  id: eventId(
    'The same on every attempt; also sent as the header webhook-id. Receivers can use it to ignore repetitions.',
  ),
  type: z.enum(EVENT_TYPES).check(z.describe('The type of the event.')),
  source: text(
    'The origin. For a task: /huaweicloud/dcs/<region>/<project id>/migration-tasks/<task id>; for a project: the same up to its id; for a group: /dcs-migration-watch/groups/<name>; for a channel: /dcs-migration-watch.',
  ),
  subject: text(
    "The subject of the event: the id of the task or project, or the name of the group; for a channel, 'watcher'.",
  ),
  time: time('When it was noticed'),
  datacontenttype: z.literal('application/json').check(z.describe('The content type of the data.')),
  sequence: sequence(
    'Grows with the events of one source, even when the state was lost: it is never below the time in seconds. Sorts as text.',
  ),
  severity: z
    .enum(SEVERITIES)
    .check(z.describe('The same as in data, for brokers that filter by attributes.')),
  phase: phase('The phase of the task, for brokers that filter by attributes.'),
  expirytime: time('The same as validUntil in data'),
  drill: z
    .literal(true)
    .check(z.describe('The event was played in a rehearsal; nothing in it has happened.')),
};
