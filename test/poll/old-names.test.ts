import { describe, expect, it } from 'vitest';
import { realisticAnswer } from '../../lib/simulator/answers.ts';
import STATES from '../fixtures/state-v1/entries.json' with { type: 'json' };
import type { ProjectSettings, World } from '../support/world.ts';
import { costOfTick, eventsAt, MINUTE, ticks, WEBHOOK, world } from './support.ts';

const PROD = { name: 'prod', tasks: ['a', 'b'] };

/** A world that goes on with state of version 1, which named records after entries of the configuration. */
async function upgraded(state: keyof typeof STATES, projects: readonly ProjectSettings[], minutes: number) {
  const made = await world({ channels: WEBHOOK, projects });
  made.clock.advance(minutes * MINUTE);
  for (const { key, rev, record } of STATES[state]) {
    await made.store.save({ key, rev: 1, nonce: `${rev}`, body: JSON.stringify(record) });
  }
  for (const id of ['a', 'b']) set(made, id, 'FULLMIGRATING');
  return made;
}

function set(made: World, id: string, status: string): void {
  made.simulator.setTask(id, realisticAnswer(status, { task_id: id, task_name: id }));
}

const namesOf = (made: World) => eventsAt(made).map(({ type, subject }) => [type, subject]);
const PROJECT = '254d2280acb74d36a8b839746bcd7352';

describe('state of version 1', () => {
  it.each(['prod', 'production'])(
    'reports once that a failing project is watched again (entry %s)',
    async (name) => {
      const made = await upgraded('failing', [{ ...PROD, name }], 5);
      made.simulator.deny('show');
      await ticks(made, 3);
      expect(namesOf(made)).toEqual([]);
      made.simulator.allow('show');
      await ticks(made, 3);

      expect(namesOf(made)).toEqual([['dcs.watch.restored', PROJECT]]);
      const [restored] = eventsAt(made);
      const failing = STATES.failing.find(({ key }) => key.id === 'project:prod')?.record.sequence;
      expect(Number(restored?.sequence)).toBeGreaterThan(Number(failing));
    },
  );

  it('has its pending events delivered once, before later ones', async () => {
    const made = await upgraded('pending', [{ ...PROD, name: 'production' }], 4);
    await ticks(made, 3);

    expect(namesOf(made)).toEqual([
      ['dcs.watch.failing', PROJECT],
      ['dcs.watch.restored', PROJECT],
    ]);
    expect(eventsAt(made)[0]?.data.project?.name).toBe('prod');
  });

  it.each(['prod', 'production'])(
    'makes no event of a task that had ended before its discovery (entry %s)',
    async (name) => {
      const made = await upgraded('discovering', [{ name, discover: { labels: {} } }], 2);
      for (const id of ['old', 'quick']) set(made, id, 'SUCCESS');
      await ticks(made, 2);

      expect(namesOf(made).filter(([, subject]) => subject !== 'b')).toEqual([
        ['dcs.migration.first_seen', 'quick'],
      ]);
    },
  );

  it('of several entries for one project is read as that of the project', async () => {
    const projects = [PROD, { name: 'orders', discover: { name: 'o*', labels: {} } }];
    const made = await upgraded('several', projects, 6);
    set(made, 'o-1', 'FULLMIGRATING');
    set(made, 'o-old', 'SUCCESS');
    await ticks(made, 3);

    expect(namesOf(made).toSorted()).toEqual([
      ['dcs.watch.restored', PROJECT],
      ['dcs.watch.restored', 'o-1'],
    ]);
  });

  it('is written only where something changes', async () => {
    const made = await upgraded('failing', [PROD], 5);
    made.simulator.deny('show');
    await ticks(made, 1);

    expect((await costOfTick(made)).store).toEqual({ load: 1, get: 1, save: 0 });
    await ticks(made, 1);
    made.simulator.allow('show');
    await ticks(made, 1);
    const ids = (await made.store.load(`project:${PROJECT}`)).map(({ key }) => key.id);
    expect(ids.filter((id) => id.startsWith('project:'))).toEqual(['project:prod']);
  });
});
