import type { LastFigures } from '../../events/event.ts';
import { en } from '../../language/en.ts';

/** Of a replication of which no look ever showed how far its target was. */
export const NEVER_KNOWN: LastFigures = { state: 'unknown', words: en.prose.unknownDistance() };
