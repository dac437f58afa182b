import { StringDecoder } from 'node:string_decoder';

const SMALLEST_BLOCK = 4 * 1024;
const LARGEST_BLOCK = 64 * 1024;

/** A piece is kept as it is only if little of the memory that it points into is wasted on it. */
const WORTH_KEEPING = 0.75;

/**
 * Collects a body of at most `limit` bytes. A body that comes in one piece, the usual case, is only pointed at. More
 * pieces are kept if they are large and copied into blocks if they are small, so that a million pieces of one byte
 * cost no more memory than their bytes.
 */
export class Body {
  readonly #limit: number;
  #first: Buffer | undefined;
  #blocks: Buffer[] | undefined;
  /** Bytes used of the last block. */
  #used = 0;
  #size = 0;
  #cut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Takes what fits. @returns false when something did not. */
  add(piece: Buffer): boolean {
    const room = this.#limit - this.#size;
    const fitting = piece.length > room ? piece.subarray(0, room) : piece;
    this.#cut = piece.length > room;
    if (this.#size === 0) this.#first = fitting;
    else this.#append(fitting);
    this.#size += fitting.length;
    return !this.#cut;
  }

  #append(piece: Buffer): void {
    this.#blocks ??= this.#firstBlock();
    const lastIsFull = this.#used === this.#blocks.at(-1)?.length;
    if (lastIsFull && piece.length >= piece.buffer.byteLength * WORTH_KEEPING) {
      this.#blocks.push(piece);
      this.#used = piece.length;
    } else this.#copy(this.#blocks, piece);
  }

  #copy(blocks: Buffer[], piece: Buffer): void {
    for (let taken = 0; taken < piece.length; ) {
      const block = this.#blockWithRoom(blocks);
      const copied = piece.copy(block, this.#used, taken);
      this.#used += copied;
      taken += copied;
    }
  }

  #firstBlock(): Buffer[] {
    const blocks = this.#first === undefined ? [] : [this.#first];
    this.#used = this.#first?.length ?? 0;
    return blocks;
  }

  #blockWithRoom(blocks: Buffer[]): Buffer {
    const last = blocks.at(-1);
    if (last !== undefined && this.#used < last.length) return last;
    const block = Buffer.allocUnsafe(Math.min(Math.max(this.#size, SMALLEST_BLOCK), LARGEST_BLOCK));
    blocks.push(block);
    this.#used = 0;
    return block;
  }

  /** The body as text (UTF-8). A character that was cut in two is left out. */
  text(): string {
    if (this.#first === undefined) return '';
    if (this.#blocks === undefined && !this.#cut) return this.#first.toString();
    return this.#decode(this.#blocks ?? this.#firstBlock());
  }

  #decode(blocks: readonly Buffer[]): string {
    const decoder = new StringDecoder('utf8');
    const last = blocks.length - 1;
    let text = '';
    blocks.forEach((block, index) => {
      text += decoder.write(index === last ? block.subarray(0, this.#used) : block);
    });
    return this.#cut ? text : text + decoder.end();
  }
}
