/** The place of an item. A partition is read as a whole, in one (paged) query. */
export interface ItemKey {
  readonly partition: string;
  readonly id: string;
}

/** One stored item. The store does not look into `body`. */
export interface Item {
  readonly key: ItemKey;
  /** Grows by one with every write; 1 is the first. */
  readonly rev: number;
  /** New with each write, so that a write whose answer was lost is recognised as ours. */
  readonly nonce: string;
  /** JSON text. */
  readonly body: string;
  /** Epoch seconds after which the store may delete the item. The code checks expiry; this only collects garbage. */
  readonly expiresAt?: number;
}

/** An item to be stored. */
export interface Write extends Item {
  /**
   * The nonce of the item that it replaces. After a failover a revision may be used again, because a write that was
   * read can be lost. Absent: only revisions are compared.
   */
  readonly replaces?: string | undefined;
}

export type Saved = 'saved' | 'conflict';

export interface LoadOptions {
  /** Allows items that this process read or wrote before, as long as no other write is known. */
  readonly mayBeCached?: boolean;
}

/** Receives a warning about a store, in one line without secrets. */
export type Warn = (message: string) => void;

/** A key-value store with a conditional put. */
export interface Store {
  /** All items of a partition, strongly consistent, in order of `id`. One query, as many pages as it takes. */
  load(partition: string, options?: LoadOptions): Promise<Item[]>;
  /** One item, strongly consistent. */
  get(key: ItemKey): Promise<Item | undefined>;
  /**
   * Writes `item` if the stored item still has revision `item.rev - 1` (or, for revision 1, if there is none).
   * A refused write that turns out to be this very one (same `rev` and `nonce`) counts as saved. A store that may lose
   * what was read compares {@link Write.replaces}, too.
   *
   * @throws {StoreError} when it is not known whether the item was written.
   */
  save(write: Write): Promise<Saved>;
  close(): Promise<void>;
}
