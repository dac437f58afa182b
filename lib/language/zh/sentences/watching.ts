import type { EventFacts } from '../../../events/event.ts';
import type { CallName } from '../../../events/reason.ts';
import { channelNames } from '../../facts.ts';
import type { Prose, Sentence } from '../../language.ts';
import type { Moments } from '../../moments.ts';
import { failureWords } from './failures.ts';

export const failing =
  ({ moment }: Moments): Sentence =>
  ({ reason, looks, since }) => {
    if (looks !== undefined) return `无法监控，已连续 ${looks} 次检查失败${failureWords(reason)}`;
    return since && `仍无法监控，自 ${moment(since)} 起检查一直失败${failureWords(reason)}`;
  };

/** Besides that something is watched again. */
export function restoredDetail({ moment }: Moments): Prose['restored'] {
  return (since) => `自 ${moment(since)} 起检查一直失败，现已恢复。期间的变化合并为一条通知。`;
}

const CONSEQUENCES: Readonly<Record<CallName, string>> = {
  ListMigrationTask: '无法发现新任务，无法区分迁移成功与任务被删除，迁移失败时也没有错误信息',
  ShowMigrationTaskStats: '无法获知进度、落后量和割接条件，也不会发送相关通知',
  ListMigrationTaskLogs: '迁移失败时没有日志内容',
};

/** @param answer what DCS answered, in a sentence */
export function degradedDetail(answer: string, call: CallName, isDenied: boolean): string {
  return `${answer}${isDenied ? '授权之前' : '恢复之前'}，${CONSEQUENCES[call]}。`;
}

export const channelBroken =
  ({ moment }: Moments): Sentence =>
  (facts) => {
    const { channels: [first, second] = [], reminders } = facts;
    if (first === undefined) return undefined;
    const isReminder = reminders !== undefined;
    if (second === undefined) {
      return isReminder
        ? `通知渠道 ${first.name} 自 ${moment(first.since)} 起故障，至今未恢复：${first.reason}`
        : `通知渠道 ${first.name} 故障，消息无法送达：${first.reason}`;
    }
    const { all } = channelNames(facts);
    return `${all} 个通知渠道${isReminder ? '故障仍未恢复' : '故障，消息无法送达'}：${names(facts)}`;
  };

function names(facts: EventFacts): string {
  const { names: named, more } = channelNames(facts);
  return `${named.join('、')}${more > 0 ? ' 等' : ''}`;
}
