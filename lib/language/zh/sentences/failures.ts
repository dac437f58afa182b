import type { Dossier, LookFailure, NotChecked, Unread } from '../../../events/event.ts';
import type { Cause } from '../../../events/reason.ts';
import { causeIn } from '../../facts.ts';
import { wordFor } from '../../language.ts';
import { failures } from '../names.ts';

/** A dossier in a few words, behind the sentence of its event; empty when it says nothing. */
export function dossierWords(dossier: Dossier | undefined): string {
  const known = knownCause(dossier).map((cause) => `（${cause}）`);
  return `${known.join('')}${serviceWords(dossier)}`;
}

/** The name of the cause, where there is advice on it. */
export function knownCause(dossier: Dossier | undefined): readonly string[] {
  return dossier?.advice === undefined ? [] : [dossier.advice.cause];
}

/** The service's own words, behind a colon. */
export function serviceWords(dossier: Dossier | undefined): string {
  const words = causeIn(dossier);
  return words === undefined ? '' : `：${words}`;
}

/** `（请求被限流）`; nothing without a failure. */
export function failureWords(failure: LookFailure | undefined): string {
  return failure === undefined ? '' : `（${wordFor(failures, failure)}）`;
}

const UNREAD: Readonly<Record<Unread['what'], string>> = { 'error message': '错误信息', log: '日志' };

/** A call about a failure that gave no answer. */
export function unreadWords({ what, why, failure }: Unread): string {
  const name = wordFor(UNREAD, what);
  switch (why) {
    case 'denied':
      return `${name}：访问密钥无权读取`;
    case 'failed':
      return `${name}：读取失败${failureWords(failure)}`;
    case 'missing':
      return `${name}：此任务没有${name}`;
    default:
      return `${name}：未读取`;
  }
}

const SKIPPED: Readonly<Partial<Record<NonNullable<NotChecked['list']>, string>>> = {
  resting: '调用已暂停',
  out_of_time: '本轮时间已用完',
  endpoint_silent: '终端节点无响应',
};

/** Why an end could not be checked. */
export function notCheckedWords({ what, list, failure }: NotChecked): string {
  if (what === 'rolled back') return '此前正在交换 IP，DCS 未说明是否已回滚';
  return `任务被删除后也会显示同样的状态；${listWords(list, failure)}，因此无法区分`;
}

function listWords(list: NotChecked['list'], failure: NotChecked['failure']): string {
  if (list === 'denied') return '访问密钥无权列出任务（dcs:migrationTask:list）';
  if (list === 'failed') return `任务列表读取失败${failureWords(failure)}`;
  const why = list && SKIPPED[list];
  return `任务列表未读取${why === undefined ? '' : `（${why}）`}`;
}

/** The address that a white list must have. */
const MACHINE = '迁移机的租户侧私有 IP（ecs_tenant_private_ip）';

/** Advice on known causes. */
export const advice: Readonly<Record<Cause, (machineAddress?: string) => string>> = {
  'client-output-buffer-limit': () =>
    '请将源实例的 client-output-buffer-limit（slave）设为源实例最大内存的 20%，然后重启迁移任务。',
  'repl-timeout': () => '请将源实例的 repl-timeout 设为 300 秒，然后重启迁移任务。',
  'SYNC/PSYNC disabled': () =>
    '源实例禁用了在线迁移所需的 SYNC 和 PSYNC 命令。请在源实例放通这两个命令，或改用备份文件导入。',
  'white list': (address) =>
    `请将${address === undefined ? MACHINE : ` ${address}（迁移机的租户侧私有 IP，即 ecs_tenant_private_ip）`}加入源实例的白名单。`,
  BUSYKEY: () => '目标实例已有同名的键。请清空目标实例或删除这些键，然后重启迁移任务。',
  'DUMP payload version': () =>
    '源实例版本高于目标实例，目标实例无法读取其数据。请迁移到 Redis 版本相同或更高的实例。',
  OOM: () => '目标实例内存不足，无法写入。请扩容目标实例，或释放其内存，然后重启迁移任务。',
  MISCONF: () => '报错的实例无法持久化数据，因此拒绝写入。请释放其磁盘和内存，查看其日志，然后重试。',
  'max clients': () => '报错的实例连接数已达上限。请调大其 maxclients，或关闭空闲连接，然后重启迁移任务。',
  READONLY: () => '任务中填写的目标实例地址是只读副本的地址，请改为主节点的地址。',
  cluster: () =>
    '有一端是 Redis Cluster 集群，却被当作单机实例使用。请填写集群的全部节点，并选择同类型的目标实例。',
  'cluster down': () =>
    '集群的部分槽位没有节点提供服务。请恢复这些节点，待 CLUSTER INFO 显示 ok 后重启迁移任务。',
  password: () => '请检查任务中源实例和目标实例的密码，两端都必须通过“测试连接”。',
  'unreachable source': () => '迁移机无法连接到实例。请检查地址、端口、安全组，以及迁移机所在 VPC 的路由。',
};
