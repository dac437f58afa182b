import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventData, MigrationEvent, Stall } from '../../lib/events/event.ts';
import { canonicalStatus, isFinal } from '../../lib/events/phase.ts';
import { type CallResult, type Stats, valueIn } from '../../lib/migration/model/enrichment.ts';
import { meaningOf } from '../../lib/migration/model/status.ts';
import { encodeRecord } from '../../lib/records/codec.ts';
import type { StoredRecord } from '../../lib/records/record.ts';
import {
  type Played,
  play,
  type RandomLook,
  randomTimeline,
  THRESHOLDS,
} from '../migration/random-timelines.ts';
import { problemsOf } from '../support/event-schemas.ts';

/** Counts what came up, so that no property holds for want of cases. */
const tally = new Map<string, number>();

function holds(check: (played: readonly Played[]) => void, numRuns = 400): void {
  fc.assert(
    fc.property(randomTimeline, (looks) => {
      const played = play(looks);
      for (const { update } of played) {
        for (const { type } of update?.events ?? []) tally.set(type, (tally.get(type) ?? 0) + 1);
      }
      check(played);
    }),
    { numRuns, seed: 20260105 },
  );
}

const typesOf = ({ update }: Played) => (update?.events ?? []).map(({ type }) => type);
const eventsOf = (played: readonly Played[]) => played.flatMap(({ update }) => update?.events ?? []);

/** What the figures of a look say, reckoned anew from what the service answered. */
type Figures = 'good' | 'near' | 'behind' | 'far' | 'unknown';

function figuresOf(stats: CallResult<Stats> | undefined): Figures {
  const { offset, sourceKeys, targetKeys, isMigrating } = valueIn(stats) ?? {};
  const gap = percentApart(sourceKeys, targetKeys);
  if (isMigrating === false || (gap !== undefined && gap >= 30)) return 'far';
  if ((offset ?? 0) > 20 || (gap ?? 0) > 3) return 'behind';
  if (offset === undefined || gap === undefined) return 'unknown';
  return offset <= 2 && gap <= 1 ? 'good' : 'near';
}

function percentApart(source: number | undefined, target: number | undefined): number | undefined {
  if (source === undefined || target === undefined) return undefined;
  return source === target ? 0 : (Math.abs(source - target) / Math.max(source, target)) * 100;
}

/** What a look saw of a replication; nothing where it saw none. */
function figuresSeen({ look, asked, after }: Played): Figures | undefined {
  if (look.kind !== 'seen' || after?.state.standing?.phase !== 'incremental') return undefined;
  return look.observation.taskStatus === 'EXCHANGING' ? undefined : figuresOf(asked.stats);
}

/** A look that found source and target in step, in the incremental phase. */
function isGood(played: Played): boolean {
  return figuresSeen(played) === 'good';
}

/** A look at which readiness that was announced need not be doubted. */
function holdsStill(played: Played): boolean {
  const figures = figuresSeen(played);
  return figures === 'good' || figures === 'near';
}

/** A look that shows how far the target is, before clients are at it. */
function showsFigures(played: Played): boolean {
  const figures = figuresSeen(played);
  const isMoving = valueIn(played.asked.stats)?.isMigrating !== false;
  return figures !== undefined && figures !== 'unknown' && isMoving && !isSwitched(played);
}

function isSwitched({ after }: Played): boolean {
  return after?.state.observation?.taskStatus === 'EXCHANGE_SUCCESS';
}

/** A look that counts towards readiness. */
function isReadyLook(played: Played): boolean {
  return isGood(played) && !isSwitched(played) && !isSwitchEndUnknown(played);
}

function isLeaving(record: StoredRecord | undefined): boolean {
  const phase = record?.state.standing?.phase;
  return phase === 'switching' || phase === 'stopping';
}

/** IP addresses were being switched, and the end is unknown since. */
function isSwitchEndUnknown({ after }: Played): boolean {
  return after?.state.run?.switchOpen === true;
}

/** What the figures were from the moment on at which it stalled. */
function figuresSince({ kind, since }: Stall, played: readonly Played[]): number[] {
  return played
    .filter(({ at }) => at.getTime() >= Date.parse(since))
    .flatMap(({ asked }) => valueIn(asked.stats) ?? [])
    .flatMap(({ offset, progressPercent }) => (kind === 'lag grows' ? offset : progressPercent) ?? []);
}

/** It reads as a success that the list did not confirm, and is not reported as one. */
function isHeld({ look, listed, after }: Played): boolean {
  if (look.kind !== 'seen' || listed.kind === 'known') return false;
  const { phase, rolledBack } = after?.state.standing ?? {};
  return (
    meaningOf(look.observation).phase === 'succeeded' &&
    phase !== 'succeeded' &&
    phase !== 'gone' &&
    !rolledBack
  );
}

describe('whatever a migration does', () => {
  it('readiness is announced after three good looks in a row, and not before', () => {
    holds((played) => {
      for (const [index, one] of played.entries()) {
        if (!typesOf(one).includes('dcs.migration.cutover_ready')) continue;
        expect(played.slice(Math.max(0, index - 2), index + 1).map(isGood)).toEqual([true, true, true]);
      }
    });
    expect(tally.get('dcs.migration.cutover_ready')).toBeGreaterThan(50);
  });

  it('readiness is announced at the third good look in a row, and again only after a retraction', () => {
    holds((played) => {
      let streak = 0;
      let needed = 3;
      for (const one of played) {
        streak = isReadyLook(one) ? streak + 1 : 0;
        if (streak >= needed) expect(one.after?.state.run?.ready?.announced).toBeDefined();
        if (typesOf(one).includes('dcs.migration.cutover_unready')) needed = 8 * 3;
      }
    });
  });

  it('nothing is ready while the end of an IP switch is unknown', () => {
    let open = 0;
    holds((played) => {
      for (const one of played.filter(isSwitchEndUnknown)) {
        open += 1;
        expect(one.after?.state.run?.ready?.announced).toBeUndefined();
      }
    });
    expect(open).toBeGreaterThan(50);
  });

  it('readiness is retracted, or its phase ends, before it is announced again', () => {
    holds((played) => {
      const story = eventsOf(played).map(({ type, data }) => {
        if (type === 'dcs.migration.cutover_ready') return 'R';
        if (type === 'dcs.migration.cutover_unready') return 'U';
        const hasLeft = data.to !== undefined && data.to.phase !== 'incremental';
        return hasLeft || type === 'dcs.migration.ip_switched' ? 'E' : '';
      });
      expect(story.join('')).toMatch(/^(?:E|R[UE]|R$)*$/);
    });
  });

  it('announced readiness is never unconfirmed for more than two looks', () => {
    holds((played) => {
      let unconfirmed = 0;
      for (const one of played) {
        unconfirmed = holdsStill(one) ? 0 : unconfirmed + 1;
        if (one.after?.state.run?.ready?.announced !== undefined) expect(unconfirmed).toBeLessThan(3);
      }
    });
  });

  it('no task stays ready with figures that are far behind', () => {
    let far = 0;
    holds((played) => {
      for (const one of played) {
        if (figuresSeen(one) !== 'far') continue;
        far += 1;
        expect(one.after?.state.run?.ready?.announced).toBeUndefined();
      }
    });
    expect(far).toBeGreaterThan(50);
  });

  it('an end, or a switch, that was not in step has the severity action', () => {
    const states = new Map<string, number>();
    holds((played) => {
      for (const { type, data } of eventsOf(played)) {
        const { lastFigures, severity, from, to } = data;
        if (lastFigures === undefined) continue;
        states.set(lastFigures.state, (states.get(lastFigures.state) ?? 0) + 1);
        // That a task is released, or stopped, after its end claims nothing.
        const claims = !isFinal(from?.phase ?? 'unknown') || to?.phase === 'succeeded';
        if (lastFigures.state !== 'in step' && claims)
          expect(['action', 'failure'], type).toContain(severity);
      }
    });
    for (const state of ['in step', 'behind', 'unknown']) expect(states.get(state)).toBeGreaterThan(10);
  });

  it('a good end is reported only when the last figures were good, and recent', () => {
    let good = 0;
    holds((played) => {
      for (const [index, { at, before, update }] of played.entries()) {
        const isGoodEnd = update?.events.some(
          ({ type, data }) =>
            type === 'dcs.migration.status_changed' && data.lastFigures?.state === 'in step',
        );
        const isOver = isFinal(before?.state.standing?.phase ?? 'unknown');
        if (!isGoodEnd || isOver || before?.state.run?.switched !== undefined) continue;
        good += 1;
        const row = played.slice(0, index);
        const last = row.findLast(showsFigures);
        const left = row[row.findLastIndex(({ after }) => !isLeaving(after)) + 1]?.at ?? at;
        expect(last !== undefined && holdsStill(last)).toBe(true);
        expect(left.getTime() - (last?.at.getTime() ?? 0)).toBeLessThanOrEqual(
          THRESHOLDS.cutover.figuresValidForMs,
        );
      }
    });
    expect(good).toBeGreaterThan(10);
  });

  it('the reason why it is not ready is reported after enough looks, and again only after as many', () => {
    holds((played) => {
      let since = Number.POSITIVE_INFINITY;
      for (const one of played) {
        if (one.look.kind === 'seen') since += 1;
        if (!typesOf(one).includes('dcs.migration.cutover_blocked')) continue;
        expect(since).toBeGreaterThanOrEqual(THRESHOLDS.cutover.blockedAfter);
        expect(isGood(one) && !isSwitchEndUnknown(one)).toBe(false);
        since = 0;
      }
    });
    expect(tally.get('dcs.migration.cutover_blocked')).toBeGreaterThan(50);
  });

  it('advice to cut over is given only while the task is ready, with good figures', () => {
    let advised = 0;
    holds((played) => {
      for (const one of played) {
        const reminder = one.update?.events.find(({ type }) => type === 'dcs.migration.forgotten');
        if (!reminder?.data.summary.includes('cut over')) continue;
        advised += 1;
        expect(one.after?.state.run?.ready?.announced).toBeDefined();
        expect(holdsStill(one)).toBe(true);
      }
    });
    expect(advised).toBeGreaterThan(10);
  });

  it('stalled and resumed take turns, and a stall ends without an event only at an end', () => {
    holds((played) => {
      const story = eventsOf(played).map(({ type, data: { to } }) => {
        if (type === 'dcs.migration.stalled') return 'S';
        if (type === 'dcs.migration.resumed') return 'M';
        return to !== undefined && (isFinal(to.phase) || to.phase === 'stopping') ? 'E' : '';
      });
      expect(story.join('')).toMatch(/^(?:E|S[ME]|S$)*$/);
    });
    expect(tally.get('dcs.migration.stalled')).toBeGreaterThan(50);
  });

  it('only a stalled task resumes', () => {
    holds((played) => {
      const stalls = eventsOf(played).filter(({ data }) => data.stall !== undefined);
      for (const [index, { type, data }] of stalls.entries()) {
        if (type === 'dcs.migration.resumed')
          expect(data.stall?.since).toBe(stalls[index - 1]?.data.stall?.since);
      }
    });
  });

  it('a stall is reported only after its full time', () => {
    holds((played) => {
      for (const { time, type, data } of eventsOf(played)) {
        if (type !== 'dcs.migration.stalled') continue;
        const ms = Date.parse(time) - Date.parse(data.stall?.since ?? '');
        expect(ms).toBeGreaterThanOrEqual(THRESHOLDS.stalledAfterMs);
      }
    });
  });

  it('a stalled task did not move, and a growing lag is higher than before', () => {
    holds((played) => {
      for (const [index, one] of played.entries()) {
        const stall = one.update?.events.find(({ type }) => type === 'dcs.migration.stalled')?.data.stall;
        if (stall === undefined) continue;
        const figures = figuresSince(stall, played.slice(0, index + 1));
        const [first = 0, last = 0] = [figures.at(0), figures.at(-1)];
        if (stall.kind === 'lag grows') expect(last).toBeGreaterThan(first);
        else expect(Math.max(0, ...figures)).toBeLessThanOrEqual(first);
      }
    });
  });

  it('no success is reported for a task that the list lacks', () => {
    holds((played) => {
      for (const { look, listed, update } of played) {
        const success = update?.events.find(({ data }) => data.severity === 'success');
        if (success === undefined) continue;
        expect(look.kind).toBe('seen');
        if (look.kind !== 'seen' || meaningOf({ status: look.observation.status }).phase !== 'succeeded') {
          expect(success.type).toBe('dcs.migration.ip_switched');
          continue;
        }
        expect(valueIn(listed) ?? 'absent').not.toBe('absent');
        expect(success.data).not.toHaveProperty('unchecked');
      }
    });
    expect(tally.get('dcs.migration.status_changed')).toBeGreaterThan(500);
  });

  it('a success that the list cannot confirm is not delayed for more than two looks', () => {
    holds((played) => {
      // Looks that saw nothing neither part nor prolong a row.
      const answered = played.filter(({ look }) => look.kind !== 'failed' && look.kind !== 'not made');
      let held = 0;
      for (const one of answered) {
        held = isHeld(one) ? held + 1 : 0;
        expect(held).toBeLessThan(3);
      }
    });
  });

  it('a fall-back is reported exactly where a replication is a full synchronisation again', () => {
    holds((played) => {
      for (const { before, after, update } of played) {
        const types = update?.events.map(({ type }) => type) ?? [];
        const from = before?.state.standing?.phase;
        const isDirect = from === 'incremental' || from === 'switching';
        const isFull = after?.state.standing?.phase === 'full' && from !== 'full';
        if (isDirect && isFull) expect(types).toContain('dcs.migration.regressed');
        if (types.includes('dcs.migration.regressed')) expect(isFull).toBe(true);
      }
    });
    expect(tally.get('dcs.migration.regressed')).toBeGreaterThan(20);
  });

  it('reminders keep their interval', () => {
    holds((played) => {
      let last: MigrationEvent | undefined;
      for (const event of eventsOf(played)) {
        if (event.data.to !== undefined) last = undefined;
        if (event.type !== 'dcs.migration.forgotten') continue;
        const ms =
          last === undefined ? Number.POSITIVE_INFINITY : Date.parse(event.time) - Date.parse(last.time);
        expect(ms).toBeGreaterThanOrEqual(THRESHOLDS.forgotten.everyMs);
        last = event;
      }
    });
    expect(tally.get('dcs.migration.forgotten')).toBeGreaterThan(50);
  });
});

describe('whatever an event says', () => {
  it('comes from the look that caused it', () => {
    holds((played) => {
      for (const one of played) for (const event of one.update?.events ?? []) expectToBeOf(one, event);
    });
    for (const type of ['progress', 'resumed', 'cutover_unready', 'gone', 'ip_switched', 'ip_rolled_back']) {
      expect(tally.get(`dcs.migration.${type}`)).toBeGreaterThan(10);
    }
  });

  it('matches its published schema', () => {
    holds((played) => {
      for (const event of eventsOf(played)) expect(problemsOf(JSON.parse(JSON.stringify(event)))).toEqual([]);
    }, 100);
  });

  it('accounts for all the time of a migration, in its report', () => {
    holds((played) => {
      for (const { time, data } of eventsOf(played)) {
        if (data.report === undefined) continue;
        const { watchedSince, phases, told, unlisted = 0 } = data.report;
        const seconds = phases.reduce((sum, phase) => sum + phase.seconds, 0);
        const whole = (Date.parse(time) - Date.parse(watchedSince)) / 1000;
        expect(Math.abs(seconds - whole)).toBeLessThanOrEqual(phases.length);
        const during = eventsOf(played).filter(
          (event) =>
            event.time >= watchedSince && Number(event.sequence) < Number(eventAt(played, time, data)),
        );
        expect(told.length + unlisted).toBeLessThanOrEqual(during.length);
      }
    });
  });
});

function eventAt(played: readonly Played[], time: string, data: EventData): string | undefined {
  return eventsOf(played).find((event) => event.time === time && event.data === data)?.sequence;
}

function expectToBeOf(played: Played, event: MigrationEvent): void {
  expect(event.time).toBe(played.at.toISOString());
  expectPlaces(played, event);
  expectFigures(played, event);
}

/** Where it came from, where it is, and what nobody saw. */
function expectPlaces({ look, before, after }: Played, { type, time, data }: MigrationEvent): void {
  const { from, to, standing, notObserved } = data;
  if (from !== undefined && type !== 'dcs.migration.regressed') expect(from).toEqual(before?.state.standing);
  if (to !== undefined) expect(to).toEqual(after?.state.standing);
  // A deleted task may read as anything.
  if (to !== undefined && to.phase !== 'gone' && look.kind === 'seen') {
    expect(canonicalStatus(to.status)).toBe(canonicalStatus(look.observation.status));
  }
  if (standing !== undefined)
    expect([before?.state.standing, after?.state.standing]).toContainEqual(standing);
  if (notObserved === undefined) return;
  expect([notObserved.after, notObserved.before]).toEqual([from?.since, time]);
  expect(notObserved.phases).not.toContain(to?.phase);
  expect(notObserved.phases).not.toContain(from?.phase);
}

/** The figures are those of the look. */
function expectFigures({ asked, at }: Played, { type, sequence, data }: MigrationEvent): void {
  const stats = valueIn(asked.stats);
  const { progress, readiness, stall, dossier } = data;
  const figures = {
    offset: stall?.offset ?? readiness?.offset,
    progressPercent: stall?.percent ?? progress?.percent,
    sourceKeys: readiness?.sourceKeys ?? progress?.sourceKeys,
    targetKeys: readiness?.targetKeys ?? progress?.targetKeys ?? stall?.targetKeys,
  };
  const known = Object.fromEntries(Object.entries(figures).filter(([, figure]) => figure !== undefined));
  expect(stats ?? {}).toMatchObject(known);
  if (progress !== undefined) expect(progress.mark).toBeLessThanOrEqual(progress.percent);
  expect(progress?.secondsLeft ?? 0).toBeGreaterThanOrEqual(0);
  if (dossier !== undefined) {
    const entry = valueIn(asked.listed);
    expect(dossier.errorMessage).toBe(entry === 'absent' ? undefined : entry?.errorMessage);
  }
  if (type !== 'dcs.migration.cutover_ready') return;
  expect(data.sequence).toBe(sequence);
  expect(Date.parse(data.validUntil ?? '')).toBe(at.getTime() + THRESHOLDS.actionsValidForMs);
}

describe('a stored record', () => {
  const calm = fc.constantFrom<RandomLook['stats']>(
    { kind: 'known', value: { progressPercent: 100, offset: 0, sourceKeys: 10, targetKeys: 10 } },
    { kind: 'known', value: { progressPercent: 100, offset: 500, sourceKeys: 10, targetKeys: 10 } },
    { kind: 'known', value: { progressPercent: 40, offset: 0, sourceKeys: 10, targetKeys: 10 } },
    { kind: 'denied', detail: 'HTTP 403.' },
    { kind: 'failed', reason: 'unreachable', detail: 'HTTP 503.' },
  );

  it('is not written once the same has been seen for a while, except for reminders', () => {
    fc.assert(
      fc.property(
        randomTimeline,
        calm,
        fc.constantFrom('INCRMIGEATING', 'FULLMIGRATING', 'TERMINATED'),
        (looks, stats, status) => {
          const same: RandomLook = {
            later: 1,
            look: { kind: 'seen', observation: { status } },
            stats,
            listed: { kind: 'known', value: 'absent' },
          };
          const played = play([...looks, ...Array.from({ length: 60 }, () => same)]).slice(-30);
          for (const { update, before } of played) {
            const types = update?.events.map(({ type }) => type) ?? ['dcs.migration.forgotten'];
            expect(types).toEqual(['dcs.migration.forgotten']);
            if (update === undefined) expect(before).toBeDefined();
          }
        },
      ),
      { numRuns: 200, seed: 20260105 },
    );
  });

  it('is written once for each look, with a bounded size', () => {
    let largest = 0;
    holds((played) => {
      for (const { update, after } of played) {
        if (update === undefined || after === undefined) continue;
        largest = Math.max(largest, Buffer.byteLength(encodeRecord(after)));
      }
    });
    expect(largest).toBeGreaterThan(1000);
    expect(largest).toBeLessThan(20_000);
  });
});
