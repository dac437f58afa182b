import * as z from 'zod/mini';

const TIME = z.string().check(z.refine((text) => !Number.isNaN(Date.parse(text))));

/** Of a stored event only what decides when and in which order it goes out is judged: it goes out as it was stored. */
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
