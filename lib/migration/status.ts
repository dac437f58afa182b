/** Our normal form of a status. */
export const PHASES = [
  'creating',
  'configuring',
  'migrating',
  'full',
  'incremental',
  'switching',
  'stopping',
  'stopped',
  'succeeded',
  'failed',
  'released',
  'gone',
  'unknown',
] as const;
export type Phase = (typeof PHASES)[number];
