/** Ids of tasks, in the form that the service gives them. */
export function taskIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => index.toString(16).padStart(32, '0'));
}
