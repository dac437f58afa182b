/** One form for ids that are written with and without hyphens, so that a task is not taken for another. */
export function plainId(taskId: string): string {
  return taskId.replaceAll('-', '').toLowerCase();
}
