import * as z from 'zod/mini';
import { PHASES } from '../phase.ts';
import { count, optional, phase, text, time } from './words.ts';

const instance = (description: string) =>
  z
    .object({
      name: optional(text('Its name in DCS.')),
      address: optional(text('host:port (several for a cluster), or a bucket, as DCS gives it.')),
    })
    .check(z.describe(description));

export const task = z
  .object({
    id: text('Its id in DCS.'),
    name: text('Its name in the configuration, else in DCS, else its id.'),
    projectId: text('The Huawei Cloud project.'),
    project: text("The project's name in the configuration."),
    region: text('Its region.'),
    migrationType: optional(text('As DCS writes it, such as online_migration.')),
    migrationMethod: optional(text('As DCS writes it, such as incremental_migration.')),
    source: optional(instance('The source of the migration.')),
    target: optional(instance('The target of the migration.')),
    labels: z.record(z.string(), z.string()).check(z.describe('Its labels in the configuration.')),
  })
  .check(z.describe('The migration task that the event is about.'));

export const project = z
  .object({
    id: text('The Huawei Cloud project.'),
    name: text('Its name in the configuration.'),
    region: text('Its region.'),
    tasks: count('How many tasks of it are watched.'),
  })
  .check(z.describe('The project, when the event is about all its tasks.'));

const STANDING = {
  status: text('The status exactly as DCS gives it; at most 64 characters. The set of statuses is open.'),
  phase: phase('The phase that the status stands for.'),
  since: time('When this was first seen, by our own clock'),
  derived: optional(
    z
      .literal(true)
      .check(
        z.describe('The phase was derived from the statistics, because the status alone does not tell it.'),
      ),
  ),
  rolledBack: optional(
    z
      .literal(true)
      .check(
        z.describe(
          'The IP switch was rolled back: clients are connected to the source, whatever the status says.',
        ),
      ),
  ),
  unchecked: optional(
    z
      .enum(['deleted', 'rolled back'])
      .check(z.describe('The possibility that could not be ruled out when the event was sent.')),
  ),
};
export const standing = (description: string) => z.object(STANDING).check(z.describe(description));

export const notObserved = z
  .object({
    phases: z
      .array(z.enum(PHASES))
      .check(z.describe('Phases that must have begun and ended without being seen.')),
    after: time('The earliest time at which they can have begun'),
    before: time('The latest time by which they had ended'),
  })
  .check(z.describe('Phases that passed between two looks.'));
