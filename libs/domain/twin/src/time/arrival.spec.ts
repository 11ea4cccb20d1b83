import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Comparator, WireSample } from '#libs/contracts';
import { GLUCOSE_PACK, VITALS_PACK } from '#libs/domain/packs';
import { propertyRuns } from '#libs/testing/properties';
import { GLUCOSE, HEART_RATE, HOUR, MINUTE, OXYGEN, T0, Ward } from '#libs/testing/ward';
import { catalogueOf } from '../rules/catalogue.js';

const WEIGHT = 11;
/** Limit rules and a measure that follows from a course; no model. */
const CATALOGUE = catalogueOf([
  VITALS_PACK,
  {
    ...GLUCOSE_PACK,
    rules: GLUCOSE_PACK.rules.filter(({ kind }) => kind === 'limit'),
    detectors: [],
    derived: GLUCOSE_PACK.derived.filter(({ kind }) => kind === 'folded'),
  },
]);

const LEVELS: Readonly<Record<number, readonly number[]>> = {
  [HEART_RATE]: [60, 118, 125, 155, 160],
  [OXYGEN]: [80, 86, 91, 97, 99],
  [GLUCOSE]: [60, 64, 72, 80, 66],
  [WEIGHT]: [70, 71, 72, 73, 74],
};

interface Version {
  readonly minute: number;
  readonly level: number;
  readonly q: 0 | 1 | 2;
  readonly b: Comparator | null;
}

const version = fc.record<Version>({
  minute: fc.nat(40),
  level: fc.nat(4),
  q: fc.constantFrom(0, 0, 0, 0, 1, 2),
  b: fc.constantFrom(null, null, null, null, null, null, '<', '>'),
});

/** The versions of one measurement, and whether it is withdrawn in the end. */
const measurement = fc.record({
  code: fc.constantFrom(HEART_RATE, OXYGEN, GLUCOSE, WEIGHT),
  versions: fc.oneof(
    { weight: 3, arbitrary: fc.array(version, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(version, { minLength: 2, maxLength: 3 }) },
  ),
  isWithdrawn: fc.constantFrom(false, false, false, true),
});

function sampleOf(code: number, id: number, { minute, level, q, b }: Version): WireSample {
  const head = { c: code, t: T0 + minute * MINUTE, x: LEVELS[code]![level]!, i: `own-${id}` };
  return { ...head, ...(q === 0 ? {} : { q }), ...(b === null ? {} : { b }) };
}

function wardAfter(records: readonly (readonly WireSample[])[]): Ward {
  const ward = new Ward('p1', undefined, CATALOGUE);
  records.forEach((samples, i) => ward.send(samples, T0 + 2 * HOUR + i));
  return ward;
}

/** What stands of each measurement, judged, by its identity. */
function standing(ward: Ward): unknown[] {
  return [...ward.stored.values()]
    .filter(({ retracted }) => !retracted)
    .map(({ identity, t, x, quality, reasons, judged }) => ({
      identity,
      t,
      x,
      quality: judged?.quality ?? quality,
      reasons: judged?.reasons ?? reasons ?? [],
    }))
    .sort((a, b) => (a.identity < b.identity ? -1 : 1));
}

/** The newest value of each measure, whatever its version. */
function latest(ward: Ward): unknown {
  const measures = Object.entries(ward.state.measures).flatMap(([code, { latest: one, sent }]) => {
    if (one === null) return [];
    const { version: _, ...cited } = one;
    return [[code, { ...cited, sent }] as const];
  });
  return Object.fromEntries(measures);
}

/** One more value of each measure, later than all. */
const LAST = [HEART_RATE, OXYGEN, GLUCOSE, WEIGHT].map((code) => ({
  c: code,
  t: T0 + 50 * MINUTE,
  x: LEVELS[code]![1]!,
  i: 'last',
}));

describe('measurements that are corrected and withdrawn, in any order and any cut', () => {
  it('leave what their newest versions leave that come in order of time', () => {
    fc.assert(
      fc.property(
        fc.array(measurement, { minLength: 1, maxLength: 24 }),
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 1, max: 6 }),
        (all, keys, size) => {
          const versionsOf = all.map(({ code, versions, isWithdrawn }, id) => {
            const samples = versions.map((one) => sampleOf(code, id, one));
            return isWithdrawn ? [...samples, { ...samples.at(-1)!, w: 1 as const }] : samples;
          });
          // Shuffled, but each measurement's versions in their order.
          const places = versionsOf
            .flatMap((samples, id) => samples.map(() => [keys.next().value as number, id] as const))
            .sort((a, b) => a[0] - b[0]);
          const next = versionsOf.map((samples) => samples.values());
          const sent = places.map(([, id]) => next[id]!.next().value!);
          const records: WireSample[][] = [];
          for (let i = 0; i < sent.length; i += size) records.push(sent.slice(i, i + size));
          const plain = all
            .flatMap(({ code, versions, isWithdrawn }, id) =>
              isWithdrawn ? [] : [sampleOf(code, id, versions.at(-1)!)],
            )
            .sort((a, b) => a.t - b.t)
            .map((sample) => [sample]);
          expect(latest(wardAfter(records))).toEqual(latest(wardAfter(plain)));
          const [shuffled, inOrder] = [wardAfter([...records, LAST]), wardAfter([...plain, LAST])];
          expect(standing(shuffled)).toEqual(standing(inOrder));
          expect(shuffled.episodes()).toEqual(inOrder.episodes());
          expect(shuffled.state.derived).toEqual(inOrder.state.derived);
          expect(shuffled.state.asOf).toBe(inOrder.state.asOf);
        },
      ),
      propertyRuns(60),
    );
  });
});
