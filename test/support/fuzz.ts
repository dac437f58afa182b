import * as fc from 'fast-check';

/** What stands for every secret of an input: lower and upper case, digits, and nothing that occurs by itself. */
export const CANARY = 'cAnaRy7Kq9ZxW2';

type Edit = readonly [kind: number, at: number, length: number, text: string];

const PIECES = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  '-',
  '1e999',
  '\\ud800',
  '\u0000',
  '\u2028',
  '\ufeff',
];

/** Text as a broken, cut off, doubled or hostile sender makes it of a real one. */
export function mutated(originals: readonly string[]): fc.Arbitrary<string> {
  const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const piece = fc.oneof(
    fc.constantFrom(...PIECES),
    fc.constantFrom('a', '7', '-', ' '),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const edit: fc.Arbitrary<Edit> = fc.tuple(fc.nat(4), position, fc.nat(12), piece);
  const edits = fc.array(edit, { minLength: 1, maxLength: 3 });
  return fc.tuple(fc.constantFrom(...originals), edits).map(([text, all]) => all.reduce(edited, text));
}

function edited(text: string, [kind, place, length, piece]: Edit): string {
  const at = Math.floor(place * text.length);
  const before = text.slice(0, at);
  const after = text.slice(at + length);
  if (kind === 0) return before;
  if (kind === 1) return before + piece + text.slice(at);
  if (kind === 2) return before + after;
  if (kind === 3) return text.slice(0, at + length) + text.slice(at);
  return before + piece + after;
}

/** Text that nobody made of anything: bytes, characters, JSON of every shape, and JSON that is too deep or too long. */
export function wild(): fc.Arbitrary<string> {
  const bytes = fc.uint8Array({ maxLength: 120 }).map((some) => Buffer.from(some).toString());
  const deep = fc
    .tuple(fc.integer({ min: 1, max: 20_000 }), fc.constantFrom('[', '{"a":', '[{"status":'))
    .map(([depth, open]) => open.repeat(depth) + (open === '[' ? ']'.repeat(depth) : ''));
  const long = fc
    .tuple(fc.integer({ min: 1, max: 100_000 }), fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }))
    .map(([times, unit]) => JSON.stringify({ status: unit.repeat(times), schemaVersion: 1 }));
  return fc.oneof(
    { weight: 40, arbitrary: bytes },
    { weight: 40, arbitrary: fc.string({ unit: 'binary' }) },
    { weight: 40, arbitrary: fc.json({ maxDepth: 4 }) },
    { weight: 1, arbitrary: deep },
    { weight: 1, arbitrary: long },
  );
}

/** A value of any type, as it stands where another was expected. */
export function odd(): fc.Arbitrary<unknown> {
  return fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.double(),
    fc.constantFrom<unknown>(null, true, '', ' ', 0, -0, [], {}, '\ud800', '__proto__', Number.MAX_VALUE),
    fc.jsonValue({ maxDepth: 2 }),
  );
}
