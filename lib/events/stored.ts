import * as z from 'zod/mini';

const TIME = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))));

/** The fields of a stored event that decide when and in which order it is sent. All others are sent as they were stored. */
export const STORED_EVENT = z.object({
  id: z.string(),
  sequence: z.string(),
  time: TIME,
  data: z.looseObject({
    to: z.optional(z.looseObject({ status: z.string(), phase: z.string() })),
    readiness: z.optional(z.looseObject({})),
    group: z.optional(z.looseObject({ retracts: z.optional(z.looseObject({})) })),
  }),
});
