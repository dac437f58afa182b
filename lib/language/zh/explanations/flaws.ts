import type { Flaw } from '../../en/explanations/flaws.ts';

/** Why an answer of DCS is not used, in brackets behind the sentence that it is not; `{0}` is the place of a value. */
export const flaws: Readonly<Record<Flaw, string>> = {
  not_json: '不是 JSON',
  no_object: '不是 JSON 对象',
  another_task: '返回的是另一个任务',
  no_status: '缺少任务状态',
  no_figures: '缺少统计数据',
  no_log_lines: '缺少日志列表',
  no_task_list: '缺少任务列表',
  count_no_number: '任务总数不是数字',
  task_without_id: '列表中有任务缺少 ID',
  too_many_pages: '超过 {0} 页',
  changed_between_pages: '翻页期间列表发生变化',
  count_differs: '各页给出的任务总数不一致',
  fewer_than_counted: '返回的任务数少于总数',
};
