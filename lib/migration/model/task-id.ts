/** One form for an id, which may be written with or without hyphens, so that two spellings are the same task. */
export function plainId(taskId: string): string {
  return taskId.replaceAll('-', '').toLowerCase();
}
