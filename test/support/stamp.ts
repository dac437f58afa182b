import type { Stamp } from '../../lib/events/event.ts';

/** Of every run of a test that does not say otherwise. */
export const STAMP: Stamp = { nonce: 'a test' };
