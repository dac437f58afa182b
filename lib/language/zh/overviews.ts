import type { Overviews } from '../language.ts';
import { phases } from './names.ts';

export const overviews: Overviews = {
  phases: { ...phases, unknown: '状态未知' },
  conditions: {
    ready: '已具备割接条件',
    notReady: '不具备割接条件',
    stalled: '迁移停滞',
    unseen: '目前无法监控',
  },
  tasks: (count) => `${count} 个任务`,
  list: (parts) => parts.join('，'),
  asOf: (moment) => `数据截至 ${moment}`,
};
