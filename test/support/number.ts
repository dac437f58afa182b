import * as z from 'zod/mini';

const NUMBERED = z.object({ data: z.object({ number: z.int() }) });

/** Which event it is of those that its record told: 1, 2, 3 … */
export function numberOf(event: unknown): number {
  return NUMBERED.parse(event).data.number;
}
