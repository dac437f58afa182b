import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defined } from '../../../lib/base/defined.ts';
import type { Phase } from '../../../lib/events/phase.ts';
import type { CallResult, Stats } from '../../../lib/migration/model/enrichment.ts';
import type { Update } from '../../../lib/migration/model/update.ts';
import type { Rule, RuleContext } from '../../../lib/migration/rules/context.ts';
import { mustBeDescribed } from '../../support/event-schemas.ts';
import { THRESHOLDS } from '../random-timelines.ts';
import { found, storedAfter, WATCH } from '../support.ts';
import { begun, contextOf } from './support.ts';

/** One application of a rule. */
interface Step {
  readonly before: Update;
  readonly context: RuleContext;
  readonly after: Update;
}

const stats: fc.Arbitrary<CallResult<Stats> | undefined> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .record(
        {
          progressPercent: fc.constantFrom(0, 10, 10, 30, 60, 100),
          offset: fc.constantFrom(0, 0, 0, 2, 30, 900, 10_000_000),
          sourceKeys: fc.constantFrom(1000, 1000, 2000),
          targetKeys: fc.constantFrom(1000, 1000, 1000, 400),
          isMigrating: fc.constantFrom(true, true, false),
        },
        { requiredKeys: [] },
      )
      .map((value) => ({ kind: 'known', value }) as const),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'denied', detail: 'HTTP 403.' } as const) },
  { weight: 1, arbitrary: fc.constant(undefined) },
);

/** The same look several times, a while after the one before. */
const looks = fc.array(
  fc.record({
    later: fc.constantFrom(0, 1, 1, 5, 40, 1500),
    times: fc.integer({ min: 1, max: 8 }),
    stats,
    taskStatus: fc.constantFrom(undefined, undefined, undefined, 'EXCHANGE_SUCCESS'),
    derived: fc.constantFrom(undefined, undefined, true as const),
  }),
  { minLength: 1, maxLength: 20, size: 'max' },
);

function contexts(phase: Phase): fc.Arbitrary<readonly RuleContext[]> {
  return looks.map((all) => {
    let at = 0;
    return all.flatMap(({ later, times, stats, taskStatus, derived }) =>
      Array.from({ length: times }, () => {
        at += later;
        return contextOf({
          phase,
          at,
          thresholds: THRESHOLDS,
          ...(stats === undefined ? {} : { stats }),
          ...(taskStatus === undefined ? {} : { taskStatus }),
          ...(derived === undefined ? {} : { derived }),
        });
      }),
    );
  });
}

/** Applies the rule to one look after another; in between the state is stored and read back. */
function played(rule: Rule, phase: Phase, all: readonly RuleContext[]): Step[] {
  let { stream } = begun(phase);
  return all.map((context) => {
    const before = storedAnew(stream);
    const after = rule(before, context);
    stream = after.stream;
    return { before, context, after };
  });
}

/** The stream as the next run reads it. */
function storedAnew(stream: Update['stream']): Update {
  const { born, sequence, eventCount, state } = storedAfter(undefined, { stream, events: [] });
  return { stream: defined({ born, sequence, eventCount, state }), events: [] };
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}

/** The state that a rule may not touch. */
function besidesRun({ born, state: { run: _run, ...others } }: Update['stream']) {
  return { born, ...others };
}

/** Every rule keeps this, whatever it decides. */
export function ruleContract(phase: Phase, rule: Rule): void {
  describe(`the rule ${rule.name} in the phase ${phase}`, () => {
    const always = (check: (steps: readonly Step[]) => void) =>
      fc.assert(
        fc.property(contexts(phase), (all) => check(played(rule, phase, all))),
        { numRuns: 20 },
      );

    it('gives the same update for the same state and look, and leaves both as they were', () => {
      always((steps) => {
        for (const { before, context, after } of steps) {
          expect(rule(frozen(before), frozen(context))).toEqual(after);
        }
      });
    });

    it('returns the same object when nothing changes', () => {
      always((steps) => {
        for (const { before, after } of steps) {
          if (JSON.stringify(after) === JSON.stringify(before)) expect(after).toBe(before);
        }
      });
    });

    it('changes only the run, and the sequence only with an event', () => {
      always((steps) => {
        for (const { before, after } of steps) {
          expect(besidesRun(after.stream)).toEqual(besidesRun(before.stream));
          const isCounted = after.stream.sequence !== before.stream.sequence;
          expect(isCounted).toBe(after.events.length > 0);
        }
      });
    });

    it('makes at most one event of a look, about this task, its status and this moment', () => {
      always((steps) => {
        for (const { context, after } of steps) {
          expect(after.events.length).toBeLessThanOrEqual(1);
          mustBeDescribed(after.events);
          for (const { subject, time, data } of after.events) {
            expect(subject).toBe(WATCH.taskId);
            expect(time).toBe(context.now.toISOString());
            expect(data.standing).toEqual(context.standing);
          }
        }
      });
    });

    it('keeps earlier events of the look, in order', () => {
      always((steps) => {
        const event = steps.flatMap(({ after }) => after.events).at(0);
        if (event === undefined) return;
        for (const { before, context } of steps) {
          expect(rule({ ...before, events: [event] }, context).events[0]).toBe(event);
        }
      });
    });

    it('makes one event, however often the same look is repeated at one moment', () => {
      always((steps) => {
        const { after, context } = found(steps.at(-1));
        let { stream } = after;
        let count = 0;
        for (let time = 0; time < 30; time += 1) {
          const next = rule(storedAnew(stream), context);
          count += next.events.length;
          stream = next.stream;
        }
        expect(count).toBeLessThanOrEqual(1);
        const before = storedAnew(stream);
        expect(rule(before, context)).toBe(before);
      });
    });

    it('makes no event of a task without a run', () => {
      always((steps) => {
        for (const { before, context } of steps) {
          const { run: _run, ...state } = before.stream.state;
          const ended = { stream: { ...before.stream, state }, events: [] };
          expect(rule(ended, context)).toBe(ended);
        }
      });
    });
  });
}
