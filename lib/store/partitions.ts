/**
 * The partition of all dead letters. Ids begin with a time. A tick writes to it and never loads it, so that a store which
 * collects its garbage while it loads looks into it now and then.
 */
export const DEAD_PARTITION = 'dead';
