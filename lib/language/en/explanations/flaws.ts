/** Why an answer of DCS is not used: each continues "the answer" or "the list of tasks"; `{0}` is the place of a value. */
export const FLAWS = {
  not_json: 'is not JSON',
  no_object: 'is not a JSON object',
  another_task: 'is about a different task',
  no_status: 'has no status',
  no_figures: 'has no figures',
  no_log_lines: 'has no list of log lines',
  no_task_list: 'has no list of tasks',
  count_no_number: 'has a task count that is not a number',
  task_without_id: 'lists a task without an id',
  too_many_pages: 'has more than {0} pages',
  changed_between_pages: 'changed between pages',
  count_differs: 'has a different count from page to page',
  fewer_than_counted: 'holds fewer tasks than it counts',
} as const;

export type Flaw = keyof typeof FLAWS;
