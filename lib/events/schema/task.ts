import * as z from 'zod/mini';
import { PHASES } from '../phase.ts';
import { count, optional, phase, text, time } from './words.ts';

const instance = (description: string) =>
  z
    .object({
      name: optional(text('Its name in DCS.')),
      address: optional(text('host:port, several of them for a cluster, or a bucket; as DCS writes it.')),
    })
    .check(z.describe(description));

export const task = z
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
  .check(z.describe('The migration task that the event is about.'));

export const project = z
  .object({
    id: text('The Huawei Cloud project.'),
    name: text('Its name in the configuration.'),
    region: text('Where it is.'),
    tasks: count('How many tasks of it are watched.'),
  })
  .check(z.describe('The project, when the event is about all its tasks.'));

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
export const standing = (description: string) => z.object(STANDING).check(z.describe(description));

export const notObserved = z
  .object({
    phases: z
      .array(z.enum(PHASES))
      .check(z.describe('Phases that must have begun and ended without being seen.')),
    after: time('They began after'),
    before: time('They had ended before'),
  })
  .check(z.describe('What nobody saw.'));
