import * as z from 'zod/mini';

const NUMBERED = z.object({ data: z.object({ number: z.int() }) });

/** The number of an event among those of its record: 1, 2, 3 … */
export function numberOf(event: unknown): number {
  return NUMBERED.parse(event).data.number;
}
