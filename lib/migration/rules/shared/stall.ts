import type { Stall } from '../../../events/event.ts';
import type { Stats } from '../../model/enrichment.ts';
import type { Course } from '../../model/run.ts';

/** What a look says about moving: nothing new, that it has stalled, or that it moves again. */
export interface Movement {
  readonly course: Course;
  readonly stalled?: Stall;
  readonly resumed?: Stall;
}

/** A stall with the figures of now. */
export function stallOf(kind: Stall['kind'], since: string, stats: Stats | undefined): Stall {
  const { progressPercent, targetKeys, offset, inputKbps } = stats ?? {};
  return {
    kind,
    since,
    ...(progressPercent !== undefined && { percent: progressPercent }),
    ...(targetKeys !== undefined && { targetKeys }),
    ...(offset !== undefined && { offset }),
    ...(inputKbps !== undefined && { inputKbps }),
  };
}
