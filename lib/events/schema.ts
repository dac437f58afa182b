/**
 * The one description of an event: types and published JSON Schemas are made from it. The program never loads it at run
 * time, because it checks no event that it made itself.
 */
import * as z from 'zod/mini';
import { EVENT_TYPES, LOOK_FAILURES, SEVERITIES } from './codes.ts';
import { CALL_NAMES } from './reason.ts';
import { dossier, report } from './schema/ending.ts';
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
  transition: z
    .enum(TRANSITIONS)
    .check(z.describe('What has happened, as a code. Absent from events of older versions.')),
  switchStatus: text(
    'The word of DCS for how an IP switch ended, where it is neither switched nor rolled back.',
  ),
  notObserved,
  unchecked: text('What the event says could not be checked, and why: do not act on it unseen.'),
  notChecked,
  progress,
  readiness: readiness({
    reason: optional(REASON),
    unmet: optional(UNMET),
    retracts: optional(RETRACTS),
  }),
  lastFigures,
  stall,
  seconds: count('How long it has been so. Seconds.'),
  resynchronisations: count('How often it has fallen back to a full synchronisation by now.'),
  reminders: count('How often this was said before.'),
  dossier,
  report,
  validUntil: time('An action may rest on this event until then, if no later one takes it back'),
  sequence: sequence("The event's own sequence: an action that rests on a lower one is outdated."),
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
  since: time('Since when looks fail, or failed until now'),
  looks: count('How many looks in a row had failed.'),
  call: z.enum(CALL_NAMES).check(z.describe('The call of DCS that does not work.')),
  unlisted: count('How many more channels there are than are listed.'),
  detail: text('More about the reason: what was answered, and what to do.'),
  severity: z
    .enum(SEVERITIES)
    .check(z.describe('How much it matters: action means that somebody should act.')),
  summary: text('The event in one line of plain text.'),
  consoleUrl: text('Where a person can look it up; absent where no console is known.'),
};

/** The attributes around the data (CloudEvents 1.0). */
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
  sequence: sequence(
    'Grows with the events of one source, also when the state was lost: not below the time in seconds. Sorts as text.',
  ),
  severity: z.enum(SEVERITIES).check(z.describe('As in data, for brokers that filter by attributes.')),
  phase: phase('Where the task stands, for brokers that filter by attributes.'),
  expirytime: time('As validUntil in data'),
  drill: z.literal(true).check(z.describe('It was played in a rehearsal: nothing of it has happened.')),
};
