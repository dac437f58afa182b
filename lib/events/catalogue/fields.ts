import * as z from 'zod/mini';
import { optional } from '../schema/words.ts';
import { DATA, ENVELOPE } from '../schema.ts';

const { phase, expirytime, drill } = ENVELOPE;
/** An event of any type: every field that one of them may have. */
export const anyEvent = z.object({
  ...ENVELOPE,
  phase: optional(phase),
  expirytime: optional(expirytime),
  drill: optional(drill),
  data: z.extend(z.exactPartial(z.object(DATA)), { severity: DATA.severity, summary: DATA.summary }),
});

/** Properties that templates read of lists and texts. */
const OF_LISTS = ['first', 'last', 'size'];

/** Where a path leaves what events have: how far it fits, and the names that could stand there. */
export interface UnknownField {
  readonly known: readonly (string | number)[];
  readonly names: readonly string[];
}

/**
 * Follows a path through an event, as a template writes it.
 *
 * @returns nothing if some event may have such a field
 */
export function unknownFieldIn(path: readonly (string | number)[]): UnknownField | undefined {
  let at: z.core.$ZodType | undefined = anyEvent;
  for (const [i, step] of path.entries()) {
    const inner = bare(at);
    if (inner instanceof z.ZodMiniRecord) return undefined;
    const [next, names] = stepInto(inner, step);
    if (next === undefined && names.includes(String(step))) return undefined;
    if (next === undefined) return { known: path.slice(0, i), names };
    at = next;
  }
  return undefined;
}

function stepInto(at: z.core.$ZodType, step: string | number): [z.core.$ZodType | undefined, string[]] {
  if (at instanceof z.ZodMiniObject) {
    const shape: Readonly<Record<string, z.core.$ZodType>> = at.shape;
    return [Object.hasOwn(shape, step) ? shape[step] : undefined, Object.keys(shape)];
  }
  if (!(at instanceof z.ZodMiniArray)) return [undefined, ['size']];
  const isItem = typeof step === 'number' || step === 'first' || step === 'last';
  return [isItem ? at.def.element : undefined, OF_LISTS];
}

/** The description of a field that is there. */
export function bare(type: z.core.$ZodType): z.core.$ZodType {
  return type instanceof z.ZodMiniExactOptional ? bare(type.def.innerType) : type;
}
