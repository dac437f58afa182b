import { StringDecoder } from 'node:string_decoder';

const SMALLEST_BLOCK = 4 * 1024;
const LARGEST_BLOCK = 64 * 1024;

/** The share of its memory that a piece must use to be kept without a copy. */
const WORTH_KEEPING = 0.75;

/**
 * Collects a body of at most `limit` bytes. A body in one piece, the usual case, is not copied. Of several pieces,
 * large ones are kept and small ones copied into blocks, so that a million pieces of one byte take only a million
 * bytes.
 */
export class Body {
  readonly #limit: number;
  #first: Buffer | undefined;
  #blocks: Buffer[] | undefined;
  /** Used bytes of the last block. */
  #used = 0;
  #size = 0;
  #cut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Adds a piece up to the limit. @returns false when some bytes did not fit */
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

  /** The body as text (UTF-8). A character that the limit cuts is left out. */
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
