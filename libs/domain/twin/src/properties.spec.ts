import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PatientInput, WireSample } from '#libs/contracts';
import { initialTwin, viewOf } from './index.js';
import { Ward, type Step } from './ward.fixture.js';

const T0 = Date.UTC(2026, 2, 1, 8);
const MINUTE = 60_000;

/** Values of the measures that have rules, near and across their limits. */
const sample: fc.Arbitrary<WireSample> = fc
  .record({
    c: fc.constantFrom(1, 3, 9),
    minute: fc.integer({ min: 0, max: 23 * 60 }),
    x: fc.integer({ min: 0, max: 100 }),
    q: fc.constantFrom<0 | 1 | 2>(0, 0, 0, 0, 1, 2),
    d: fc.constantFrom('', 'dev-1'),
  })
  .map(({ c, minute, x, q, d }) => ({
    c,
    t: T0 + minute * MINUTE,
    x: c === 1 ? 30 + x * 1.5 : c === 3 ? 80 + x / 5 : 40 + x * 3,
    q,
    d,
  }));

/** Runs of values at a steady pace, so that rules with persistence fire too. */
const run: fc.Arbitrary<WireSample[]> = fc
  .record({
    c: fc.constantFrom(1, 3, 9),
    start: fc.integer({ min: 0, max: 20 * 60 }),
    every: fc.constantFrom(1, 5),
    levels: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 40 }),
    d: fc.constantFrom('', 'dev-1'),
  })
  .map(({ c, start, every, levels, d }) =>
    levels.map((level, i) => ({
      c,
      t: T0 + (start + i * every) * MINUTE,
      x: (c === 1 ? [35, 60, 118, 125, 130, 155, 160] : c === 3 ? [80, 86, 88, 91, 93, 97, 99] : [45, 60, 72, 80, 240, 270, 320])[level]!,
      d,
    })),
  );

const samples = fc
  .tuple(fc.array(run, { maxLength: 5 }), fc.array(sample, { maxLength: 25 }))
  .map(([runs, singles]) => unique([...runs.flat(), ...singles]));

/** One value per identity: order among versions of one identity is the log's, and not up to shuffling. */
function unique(all: readonly WireSample[]): WireSample[] {
  return [...new Map(all.map((one) => [`${one.c}|${one.t}|${one.d}`, one])).values()];
}

function records(groups: readonly (readonly WireSample[])[]): PatientInput[] {
  return groups
    .filter((group) => group.length > 0)
    .map((group, i) => ({
      v: 1,
      kind: 'samples',
      tenant: 1,
      patient: 'p1',
      receivedAt: T0 + 24 * 60 * MINUTE + i,
      source: 'gateway',
      device: '',
      samples: group,
    }));
}

function cut(all: readonly WireSample[], size: number): WireSample[][] {
  const groups: WireSample[][] = [];
  for (let i = 0; i < all.length; i += size) groups.push(all.slice(i, i + size));
  return groups;
}

function after(steps: readonly PatientInput[]): Ward {
  const ward = new Ward(initialTwin(1, 'p1'));
  for (const record of steps) ward.take(record);
  return ward;
}

describe('arrival order', () => {
  it('any order of arrival within the lateness bound ends in the same episodes and measures', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: 1, max: 7 }), fc.infiniteStream(fc.nat()), (all, size, keys) => {
        const shuffled = all.map((one) => [keys.next().value as number, one] as const).sort((a, b) => a[0] - b[0]);
        const inOrder = after(records(cut([...all].sort((a, b) => a.t - b.t), size)));
        const anyOrder = after(records(cut(shuffled.map(([, one]) => one), size)));
        expect(anyOrder.episodes()).toEqual(inOrder.episodes());
        expect(anyOrder.latest()).toEqual(inOrder.latest());
      }),
      { numRuns: 1500 },
    );
  });
});
