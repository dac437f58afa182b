import { realisticAnswer } from '../../lib/simulator/answers.ts';
import { MINUTE, ticks } from '../poll/support.ts';
import { type ChannelSettings, PROJECT_ID, type World, type WorldOptions } from '../support/world.ts';

export const OTHER_PROJECT_ID = '354d2280acb74d36a8b839746bcd7353';

const TASKS = [
  'copy',
  'stalled',
  'behind',
  'waiting',
  'ready',
  'switched',
  'failing',
  'failed',
  'done',
  'gone',
  'typo',
] as const;

export const CHANNELS: ChannelSettings = {
  ops: { type: 'slack' },
  cutover: { type: 'webhook' },
  broken: { type: 'webhook' },
  strict: { type: 'webhook' },
};

/** Tasks in every phase, a project that nobody can see, and channels that fail. */
export async function everyPhase(
  world: (options: WorldOptions) => Promise<World>,
  options: WorldOptions = {},
): Promise<World> {
  const made = await world({
    projects: [
      {
        name: 'prod',
        id: PROJECT_ID,
        tasks: TASKS.map((id) => ({ id, labels: { cluster: id.slice(0, 1) } })),
      },
      { name: 'dark', id: OTHER_PROJECT_ID, tasks: ['hidden-1', 'hidden-2'] },
    ],
    channels: CHANNELS,
    groups: { all: { tasks: ['ready', 'done', 'failed'] } },
    ...options,
  });
  const { simulator, receiver, projects } = made;
  projects['dark']?.simulator.fault('key unknown', 1000);
  receiver.answer('/broken', { status: 410 });
  receiver.answer('/strict', { status: 400 });
  for (const id of TASKS.filter((one) => one !== 'typo')) made.status(id, 'FULLMIGRATING');
  simulator.setStats('stalled', { full_migration_progress: 30, target_dbsize: 300 });
  for (let percent = 0; percent < 20; percent += 10) {
    simulator.setStats('copy', {
      full_migration_progress: percent,
      source_dbsize: 1000,
      target_dbsize: percent,
    });
    await ticks(made, 5);
  }
  for (const id of ['behind', 'waiting', 'ready', 'switched', 'done', 'gone', 'failing']) {
    made.status(id, 'INCRMIGEATING');
    simulator.setStats(id, { offset: 0, source_dbsize: 1000, target_dbsize: 1000, is_migrating: true });
  }
  simulator.setStats('behind', {
    offset: 12_000_000,
    source_dbsize: 1000,
    target_dbsize: 900,
    is_migrating: true,
  });
  simulator.setStats('waiting', {
    offset: null,
    source_dbsize: 1000,
    target_dbsize: null,
    is_migrating: true,
  });
  made.status('failed', 'MIGRATION_FAILED');
  for (let percent = 20; percent < 50; percent += 5) {
    simulator.setStats('copy', {
      full_migration_progress: percent,
      source_dbsize: 1000,
      target_dbsize: percent,
    });
    await ticks(made, 5);
  }
  made.status('done', 'SUCCESS');
  simulator.setTask(
    'switched',
    realisticAnswer('INCRMIGEATING', {
      task_id: 'switched',
      task_name: 'name of switched',
      task_status: 'EXCHANGE_SUCCESS',
    }),
  );
  simulator.setTask('gone', null);
  simulator.setTask('failing', {});
  await ticks(made, 4);
  made.clock.advance(-MINUTE);
  return made;
}
