import type { LastFigures } from '../../events/event.ts';
import { en } from '../../language/en.ts';

/** The last figures of a replication whose lag no look has shown. */
export const NEVER_KNOWN: LastFigures = { state: 'unknown', words: en.prose.unknownDistance() };
