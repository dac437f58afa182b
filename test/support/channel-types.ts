import { channelSchemaOf, loadTypes, TYPE_NAMES } from '../../lib/channels/index.ts';

/** Every type of channel, with its code. */
export const ALL_TYPES = await loadTypes(new Set(TYPE_NAMES));

/** The settings of one channel of any type. */
export const channelSchema = channelSchemaOf(ALL_TYPES);
