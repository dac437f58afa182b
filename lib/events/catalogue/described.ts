import * as z from 'zod/mini';
import { defined } from '../../base/defined.ts';
import type { EventType } from '../event.ts';
import { EVENT_KINDS } from '../kinds.ts';
import { optional } from '../schema/words.ts';
import { DATA, ENVELOPE } from '../schema.ts';

/** The description of one type of event: all its fields, of which the optional ones may be absent. */
export function describedEvent(type: EventType): {
  readonly event: z.ZodMiniObject;
  readonly data: z.ZodMiniObject;
} {
  const data = describedData(type);
  return { event: z.object({ ...describedEnvelope(type), data }), data };
}

function describedEnvelope(type: EventType): Readonly<Record<string, z.ZodMiniType>> {
  const { phase, expirytime, drill, ...always } = ENVELOPE;
  const { severities, holds } = EVENT_KINDS[type];
  return defined({
    ...always,
    type: z.literal(type).check(z.describe('The type of the event.')),
    severity: z
      .enum(severities)
      .check(z.describe('The same as in data, for brokers that filter by attributes.')),
    phase: holds.includes('to') || holds.includes('standing') ? phase : undefined,
    expirytime: holds.includes('validUntil') ? expirytime : undefined,
    drill: optional(drill),
  });
}

function describedData(type: EventType): z.ZodMiniObject {
  const { severities, holds, mayHold = [], eitherOf = [], narrowed } = EVENT_KINDS[type];
  const all = { ...DATA, ...narrowed };
  const must = holds.map((field) => [field, all[field]]);
  const may = [...mayHold, ...eitherOf].map((field) => [field, optional(all[field])]);
  return z
    .object({
      ...Object.fromEntries([...must, ...may]),
      severity: z
        .enum(severities)
        .check(z.describe('Severity of the event; action means that somebody should act.')),
      number: DATA.number,
      summary: DATA.summary,
      consoleUrl: optional(DATA.consoleUrl),
    })
    .check(z.describe('The details of the event.'));
}
