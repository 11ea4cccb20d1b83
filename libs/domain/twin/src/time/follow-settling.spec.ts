import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { WireSample } from '#libs/contracts';
import { propertyRuns } from '#libs/testing/properties';
import { HOUR, MINUTE, T0 } from '#libs/testing/ward';
import { chunksOf, each, found, RULE, wardWith } from '../fixtures/settling.fixture.js';

describe('a detector that settles', () => {
  it('finds what there is in values that go on', () => {
    expect(found(wardWith(each(chunksOf('0011000000111100000'))))).toEqual([
      [2, 4],
      [10, 14],
    ]);
    expect(found(wardWith(each(chunksOf('00110000001111'))))).toEqual([
      [2, 4],
      [10, null],
    ]);
  });

  it('leaves no trace of a rule that says nothing', () => {
    const ward = wardWith(each(chunksOf('0000000000')));
    expect(ward.state.rules).toEqual({});
    expect(Object.keys(wardWith(each(chunksOf('0011000000'))).state.rules)).toEqual([RULE.id]);
  });

  it('does not judge bad values, and those alone leave no memory', () => {
    const bad = chunksOf('11111').map((chunk) => ({ ...chunk, q: 2 as const }));
    expect(wardWith(each(bad)).state.detectors).toEqual({});
    expect(found(wardWith([...each(chunksOf('.....00000')), bad]))).toEqual([]);
  });

  it('finds what late values say where they stand, with what is around them', () => {
    const [before, late, ...after] = chunksOf(`00011${'11100'}${'0'.repeat(20)}`);
    const ward = wardWith(each([before!, ...after]));
    expect(found(ward)).toEqual([[3, 5]]);
    const outcome = ward.send([late!], T0 + 4 * HOUR + MINUTE);
    expect(found(ward)).toEqual([[3, 8]]);
    expect(outcome.counts).toMatchObject({ late: 1, dropped: {} });
    // Read again is what stands from the warm-up before it to what follows from it, not all there is.
    expect(ward.loaded).toBeLessThan(30);
  });

  it('judges late values and those that go on in one record once each, in whatever order they stand', () => {
    const [first, second, third, fourth, fifth] = chunksOf('0001111100000110000000000');
    const ward = wardWith(each([first!, third!]));
    const { counts } = ward.send([fifth!, second!, fourth!], T0 + 4 * HOUR + MINUTE);
    expect(counts.dropped).toEqual({});
    expect(found(ward)).toEqual([
      [3, 8],
      [13, 15],
    ]);
  });

  it('judges what is late and what is corrected at the newest in one record, and goes on from the corrected', () => {
    const chunks = chunksOf(`01100${'0'.repeat(30)}1111100000`);
    const [late, ...rest] = chunks;
    const ward = wardWith([rest.slice(0, -1)]);
    const newest = rest.at(-2)!;
    ward.send([{ ...newest, s: [1, 1, 0, 0, 0] }, late!], T0 + 4 * HOUR + MINUTE);
    ward.send([rest.at(-1)!], T0 + 4 * HOUR + 2 * MINUTE);
    expect(found(ward)).toEqual([
      [1, 3],
      [35, 37],
    ]);
  });

  it('leaves an episode open that values long before it do not reach', () => {
    const [late, ...rest] = chunksOf(`01100${'0'.repeat(30)}11111`);
    const ward = wardWith(each(rest));
    expect(found(ward)).toEqual([[35, null]]);
    ward.send([late!], T0 + 4 * HOUR + MINUTE);
    expect(found(ward)).toEqual([
      [1, 3],
      [35, null],
    ]);
    ward.send(chunksOf(`${'.'.repeat(40)}00000`), T0 + 4 * HOUR + 2 * MINUTE);
    expect(found(ward)).toEqual([
      [1, 3],
      [35, 40],
    ]);
  });

  it.each<[string, string, string, readonly (readonly [number, number | null])[]]>([
    ['corrected', '00000111110000000000', '00000001110000000000', [[7, 10]]],
    ['corrected away', '00000111110000000000', '00000000000000000000', []],
    ['corrected at the newest', '00000000001111111111', '00000000001111111100', [[10, 18]]],
    ['corrected so that it goes on', '00000000001111100000', '00000000001111111111', [[10, null]]],
  ])('takes back what is %s', (__, first, then, expected) => {
    const ward = wardWith([chunksOf(first), chunksOf(then)]);
    expect(found(ward)).toEqual(expected);
  });

  it('splits an episode that began long before what was corrected: the second begins where it was found', () => {
    const long = `00000${'1'.repeat(60)}0000000000`;
    const chunks = chunksOf(long);
    const corrected = { ...chunks[7]!, s: [0, 0, 0, 0, 0] };
    expect(found(wardWith([...each(chunks), [corrected]]))).toEqual([
      [5, 35],
      [40, 65],
    ]);
  });

  it('takes back what is withdrawn, and joins nothing over the gap', () => {
    const chunks = chunksOf('00000111111111111111');
    const ward = wardWith([chunks, [{ ...chunks[2]!, w: 1 }]]);
    expect(found(ward)).toEqual([
      [5, 10],
      [15, null],
    ]);
    const open = wardWith([chunks, [{ ...chunks[3]!, w: 1 }]]);
    expect(found(open)).toEqual([[5, null]]);
  });

  const course = fc
    .array(fc.tuple(fc.constantFrom('0', '0', '1'), fc.integer({ min: 1, max: 15 })), {
      minLength: 2,
      maxLength: 8,
    })
    .map((runs) => runs.map(([value, length]) => value.repeat(length)).join(''));

  it('finds the same in whatever order chunks come, however they are cut', () => {
    fc.assert(
      fc.property(
        course,
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 5 }),
        (given, lengths, keys, size) => {
          const chunks = chunksOf(`${given}00000`, lengths);
          const shuffled = chunks
            .map((chunk) => [keys.next().value as number, chunk] as const)
            .sort((a, b) => a[0] - b[0])
            .map(([, chunk]) => chunk);
          const records: WireSample[][] = [];
          for (let i = 0; i < shuffled.length; i += size) records.push(shuffled.slice(i, i + size));
          expect(found(wardWith(records))).toEqual(found(wardWith(each(chunksOf(`${given}00000`)))));
        },
      ),
      propertyRuns(60),
    );
  });
});
