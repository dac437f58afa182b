import { PassThrough, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

/** The content codings of RFC 9110, section 8.4.1, and `br` (RFC 7932). */
const DECODERS: ReadonlyMap<string, (first: Buffer) => Transform> = new Map<
  string,
  (first: Buffer) => Transform
>([
  ['identity', () => new PassThrough()],
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['br', () => createBrotliDecompress()],
  ['deflate', (first) => (isZlib(first) ? createInflate() : createInflateRaw())],
]);

/** Tells the zlib format by its first byte. `deflate` means that format, but some servers send the bare stream. */
function isZlib(first: Buffer): boolean {
  return ((first[0] ?? 0) & 0x0f) === 0x08;
}

/**
 * A stream that decompresses a body.
 *
 * @param coding the header `content-encoding`
 * @param first the first bytes of the body (not consumed)
 * @returns `undefined` for an unknown coding
 */
export function createDecoder(coding: string, first: Buffer): Transform | undefined {
  return DECODERS.get(coding.trim().toLowerCase())?.(first);
}
