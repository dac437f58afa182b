import type { EventType, LookFailure } from '../../events/event.ts';
import type { Phase } from '../../events/phase.ts';
import type { Cause } from '../../events/reason.ts';
import type { Heading, Label, LinkWord, Mark } from '../language.ts';

export const labels: Readonly<Record<Label, string>> = {
  happened: '发生时间',
  status: '状态',
  progress: '进度',
  rate: '速度',
  timeLeft: '预计剩余',
  keyCounts: '键数',
  traffic: '流量',
  because: '原因',
  lag: '落后量（offset）',
  keyGap: '键数差异',
  inStepFor: '连续达标',
  takesBack: '撤回',
  targetAtTheEnd: '结束时目标实例',
  noProgressSince: '停滞始于',
  hadStalledSince: '此前停滞始于',
  lagHasGrownSince: '落后量增长始于',
  hadFallenBehindSince: '此前落后量增长始于',
  keysInTheTarget: '目标实例键数',
  reminder: '提醒',
  resynchronisation: '退回全量迁移',
  validUntil: '有效期至',
  failing: '故障',
  failingUntilNow: '此前故障',
  channel: '通知渠道',
  reason: '故障原因',
  route: '源实例 → 目标实例',
  project: '项目',
  watchedTasks: '监控任务数',
  phaseBefore: '上一阶段',
};

export const headings: Readonly<Record<Heading, string>> = {
  notChecked: '未能核实',
  notObserved: '未观测到',
  errorMessage: '错误信息',
  lastErrors: '日志中最近的错误',
  notKnown: '未能获取',
};

export const links: Readonly<Record<LinkWord, string>> = {
  console: '控制台',
  documentation: '文档',
};

export const marks: Readonly<Record<Mark, string>> = {
  drill: '演练',
  still: '仍未处理',
  ready: '可割接',
  notReady: '不可割接',
  notKnown: '无法判断',
  fellBack: '退回全量',
  rolledBack: '已回滚',
  switched: 'IP 已交换',
  done: '已完成',
  notDone: '未完成',
  failed: '失败',
  check: '请核实',
};

/** As the DCS console names its statuses. */
export const phases: Readonly<Record<Phase, string>> = {
  creating: '创建中',
  configuring: '待配置',
  migrating: '迁移中',
  full: '全量迁移中',
  incremental: '增量迁移中',
  switching: 'IP 交换中',
  stopping: '停止中',
  stopped: '已停止',
  succeeded: '迁移成功',
  failed: '迁移失败',
  released: '已释放',
  gone: '已不存在',
  unknown: '未知',
};

/** Phases as stretches of time. */
export const stages: Readonly<Record<Phase, string>> = {
  ...phases,
  creating: '创建',
  migrating: '迁移',
  full: '全量迁移',
  incremental: '增量迁移',
  switching: 'IP 交换',
};

export const failures: Readonly<Record<LookFailure, string>> = {
  'not found': '找不到任务',
  'not authorised': '鉴权失败',
  refused: '请求被拒绝',
  throttled: '请求被限流',
  unreachable: '无法连接',
  'unreadable answer': '响应无法解析',
};

/** Names of settings and of Redis errors stay as they are. */
export const causes: Readonly<Record<Cause, string>> = {
  'client-output-buffer-limit': 'client-output-buffer-limit',
  'repl-timeout': 'repl-timeout',
  'SYNC/PSYNC disabled': 'SYNC/PSYNC 被禁用',
  'white list': '未加入白名单',
  BUSYKEY: 'BUSYKEY',
  'DUMP payload version': 'DUMP 版本不兼容',
  OOM: 'OOM',
  MISCONF: 'MISCONF',
  'max clients': '连接数已满',
  READONLY: 'READONLY',
  cluster: '集群类型不符',
  'cluster down': '集群不可用',
  password: '密码错误',
  'unreachable source': '源实例不可达',
};

export const events: Readonly<Record<EventType, string>> = {
  'dcs.migration.first_seen': '开始监控',
  'dcs.migration.status_changed': '状态变化',
  'dcs.migration.gone': '任务已不存在',
  'dcs.migration.progress': '迁移进度',
  'dcs.migration.cutover_ready': '可以割接',
  'dcs.migration.cutover_unready': '已不可割接',
  'dcs.migration.cutover_blocked': '无法割接',
  'dcs.migration.regressed': '退回全量迁移',
  'dcs.migration.stalled': '迁移停滞',
  'dcs.migration.resumed': '恢复进展',
  'dcs.migration.forgotten': '长期未处理',
  'dcs.migration.ip_switched': 'IP 已交换',
  'dcs.migration.ip_rolled_back': 'IP 交换已回滚',
  'dcs.group.ready': '任务组可以割接',
  'dcs.group.failed': '任务组有任务失败',
  'dcs.group.finished': '任务组已完成',
  'dcs.group.retracted': '任务组通知已撤回',
  'dcs.watch.failing': '无法监控',
  'dcs.watch.restored': '恢复监控',
  'dcs.watch.degraded': '监控受限',
  'dcs.watch.channel_broken': '通知渠道故障',
};
