import { expect, it } from 'vitest';
import { mute } from '../../lib/mutes/write.ts';
import type { MuteScope } from '../../lib/records/record.ts';
import { ticks, world } from '../poll/support.ts';
import type { World } from '../support/world.ts';
import { PROJECT_ID } from '../support/world.ts';
import { statusIn } from './support.ts';

const HOUR = 3_600_000;

function muted(here: World, scope: MuteScope, target: string, hours: number) {
  const subject = { scope, target, name: target };
  return mute(here.store, { subject, forMs: hours * HOUR, why: 'known' }, new Date(here.clock.now()));
}

it('the status lists what is muted, until when, and what is held by that', async () => {
  const here = await world({ tasks: ['orders', 'users'], groups: { all: { tasks: ['orders'] } } });
  await ticks(here, 2);
  const one = await muted(here, 'task', 'orders', 1);
  const two = await muted(here, 'group', 'all', 2);
  const ops = await muted(here, 'channel', 'ops', 3);
  here.status('orders', 'FULLMIGRATING');
  await ticks(here, 1);
  const { mutes, tasks, groups, projects, channels } = await statusIn(here);
  expect(mutes).toEqual([one, two, ops]);
  expect(tasks.map(({ mutedUntil }) => mutedUntil)).toEqual([two.until, undefined]);
  expect(groups.map(({ mutedUntil }) => mutedUntil)).toEqual([two.until]);
  expect(projects.map(({ mutedUntil }) => mutedUntil)).toEqual([undefined]);
  expect(channels).toMatchObject([
    { name: 'ops', mutedUntil: ops.until, pending: 2, held: 2 },
    { name: 'cutover', held: 0 },
  ]);
  const prod = await muted(here, 'project', PROJECT_ID, 5);
  const after = await statusIn(here);
  expect(after.tasks.map(({ mutedUntil }) => mutedUntil)).toEqual([prod.until, prod.until]);
  here.clock.advance(6 * HOUR);
  expect((await statusIn(here)).mutes).toEqual([]);
});
