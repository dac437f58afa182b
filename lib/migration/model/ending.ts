import type { LastFigures } from '../../events/event.ts';
import { en } from '../../language/en.ts';

/** The figures of a replication whose distance no look ever showed. */
export const NEVER_KNOWN: LastFigures = { state: 'unknown', words: en.prose.unknownDistance() };
