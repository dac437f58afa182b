import { describe, expect, it } from 'vitest';
import type { MigrationEvent } from '../../../lib/events/event.ts';
import type { EnrichmentCall } from '../../../lib/migration/model/state.ts';
import { type CallOutcome, detectDegraded } from '../../../lib/migration/project/degraded.ts';
import { projectSubject } from '../../../lib/migration/project/health.ts';
import type { StoredRecord } from '../../../lib/records/record.ts';
import { mustBeDescribed } from '../../support/event-schemas.ts';
import { STAMP } from '../../support/stamp.ts';
import { minute, storedAfter } from '../support.ts';

const SUBJECT = projectSubject({
  id: 'p1',
  name: 'prod',
  region: 'cn-north-4',
  tasks: 12,
  consoleUrl: 'https://c.example',
  stamp: STAMP,
});
const OUTCOMES: Readonly<Record<string, CallOutcome>> = {
  '+': { kind: 'known' },
  '!': { kind: 'denied', detail: 'HTTP 403 DCS.2003.' },
  '-': { kind: 'failed', reason: 'throttled', detail: 'HTTP 429 APIGW.0308.' },
};

/** One tick a letter: `+` works, `!` is denied, `-` fails, `.` is not called. */
function ticks(call: EnrichmentCall, outcomes: string) {
  let record: StoredRecord | undefined;
  const events: MigrationEvent[] = [];
  const announced = [...outcomes].map((letter, index) => {
    const outcome = OUTCOMES[letter];
    const update = detectDegraded(
      record,
      outcome === undefined ? {} : { [call]: outcome },
      SUBJECT,
      minute(index),
    );
    if (update !== undefined) record = storedAfter(record, update, 'project:p');
    events.push(...(update?.events ?? []));
    return update === undefined ? '.' : update.events.length > 0 ? 'T' : 'w';
  });
  mustBeDescribed(events);
  return { announced: announced.join(''), events, record };
}

describe('a call that does not work', () => {
  it.each<[string, EnrichmentCall, string, string]>([
    ['costs nothing while it works', 'list', '++++', '....'],
    ['is reported at once, and once, when it is denied', 'list', '!!!!', 'T...'],
    ['is reported at once, and once, when it is denied', 'stats', '!!!!', 'T...'],
    ['is reported at once, and once, when it is denied', 'logs', '!!!!', 'T...'],
    ['is reported at the third tick in a row in which it fails', 'list', '-----', 'wwT..'],
    ['is reported at the third tick in a row in which it fails', 'stats', '-----', 'wwT..'],
    ['is never reported for failing logs, which are read only when a task fails', 'logs', '-----', '.....'],
    ['is not reported when it works in between', 'list', '--+--+', 'wwwwww'],
    ['is counted across ticks without a call', 'list', '-..-..-', 'w..w..T'],
    ['is reported again when it worked in between', 'list', '!+!', 'TwT'],
    ['is reported at once when failing becomes denied', 'list', '-!', 'wT'],
    ['is reported only once when denied becomes failing', 'list', '!---', 'T...'],
  ])('%s: %s %s', (_rule, call, outcomes, announced) => {
    expect(ticks(call, outcomes).announced).toBe(announced);
  });

  it('has an event with what is missing, and why', () => {
    const [event] = ticks('list', '!').events;
    expect(event).toMatchObject({ type: 'dcs.watch.degraded', subject: 'p1' });
    expect(event?.data).toMatchObject({
      project: { name: 'prod', tasks: 12 },
      reason: 'not authorised',
      severity: 'action',
      summary: 'project prod (12 tasks): the access key may not call ListMigrationTask',
      detail: expect.stringMatching(/^HTTP 403 DCS\.2003\. Without it, new tasks are not discovered, .+\.$/),
    });
  });

  it('has an event with what is unknown while it fails', () => {
    expect(ticks('stats', '---').events[0]?.data).toMatchObject({
      reason: 'throttled',
      summary: 'project prod (12 tasks): calls to ShowMigrationTaskStats fail',
      detail: expect.stringMatching(
        /^HTTP 429 APIGW\.0308\. Until it works, progress, lag .+ not reported\.$/,
      ),
    });
  });

  it('leaves the record as it was once it works again', () => {
    expect(ticks('list', '--+').record?.state).not.toHaveProperty('degraded');
  });
});

it('calls are counted separately', () => {
  const failing = OUTCOMES['-'] ?? { kind: 'known' };
  const first = detectDegraded(undefined, { list: failing, stats: failing }, SUBJECT, minute(0));
  const second = detectDegraded(
    first?.stream,
    { list: { kind: 'known' }, stats: failing },
    SUBJECT,
    minute(1),
  );
  expect(second?.stream.state.degraded).toEqual({ stats: { failures: 2, announced: false } });
});

it('several denied calls have an event each, in a fixed order', () => {
  const denied = OUTCOMES['!'] ?? { kind: 'known' };
  const update = detectDegraded(undefined, { list: denied, stats: denied, logs: denied }, SUBJECT, minute(0));
  expect(update?.events.map(({ data }) => data.number)).toEqual([1, 2, 3]);
});
