import fc from 'fast-check';

/** Any code point but half of a surrogate pair. */
const character = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((point) => String.fromCodePoint(point));

/**
 * Text of any characters; some of it is ASCII, names such as `__proto__` among it. The unit `binary` of fast-check says the same and first
 * makes a table of all characters, which takes seconds.
 */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: character, maxLength }) },
    { weight: 1, arbitrary: fc.string({ maxLength }) },
  );
}
