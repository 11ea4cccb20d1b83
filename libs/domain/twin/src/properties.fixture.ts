import fc from 'fast-check';
import type { PatientInput, WireSample } from '#libs/contracts';
import { HOUR, MINUTE, T0, Ward } from '#libs/testing/ward';
import type { TwinState } from './index.js';

export const CODES = { heart: 1, oxygen: 3, glucose: 9 } as const;
export const LEVELS: Readonly<Record<number, readonly number[]>> = {
  [CODES.heart]: [35, 60, 118, 125, 130, 155, 160],
  [CODES.oxygen]: [80, 86, 88, 91, 93, 97, 99],
  [CODES.glucose]: [45, 60, 72, 80, 240, 270, 320],
};
export const code = fc.constantFrom<number>(...Object.values(CODES));
export const device = fc.constantFrom('', 'dev-1');
export const quality = fc.constantFrom<0 | 1 | 2>(0, 0, 0, 0, 1, 2);

export const single: fc.Arbitrary<WireSample> = fc
  .record({ c: code, minute: fc.nat(23 * 60), level: fc.nat(6), q: quality, d: device })
  .map(({ c, minute, level, q, d }) => ({ c, t: T0 + minute * MINUTE, x: LEVELS[c]![level]!, q, d }));

/** Runs of values at a steady pace, so that rules with persistence fire too. */
export const run: fc.Arbitrary<WireSample[]> = fc
  .record({
    c: code,
    start: fc.nat(20 * 60),
    every: fc.constantFrom(1, 5),
    levels: fc.array(fc.nat(6), { minLength: 1, maxLength: 40 }),
    d: device,
  })
  .map(({ c, start, every, levels, d }) =>
    levels.map((level, i) => ({ c, t: T0 + (start + i * every) * MINUTE, x: LEVELS[c]![level]!, d })),
  );

/** One value per identity: which version of one identity is newest is the log's order, and not up to shuffling. */
export const samples = fc
  .tuple(fc.array(run, { maxLength: 5 }), fc.array(single, { maxLength: 25 }))
  .map(([runs, singles]) => [
    ...new Map([...runs.flat(), ...singles].map((one) => [`${one.c}|${one.t}|${one.d}`, one])).values(),
  ]);

export const order = fc.infiniteStream(fc.nat());

export function shuffled<T>(all: readonly T[], keys: fc.Stream<number>): T[] {
  return all
    .map((one) => [keys.next().value as number, one] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, one]) => one);
}

export function byTime(all: readonly WireSample[]): WireSample[] {
  return [...all].sort((a, b) => a.t - b.t);
}

export function records(all: readonly WireSample[], size: number): PatientInput[] {
  const made: PatientInput[] = [];
  for (let i = 0; i < all.length; i += size) {
    const head = { v: 1, tenant: 1, patient: 'p1', receivedAt: T0 + 24 * HOUR + i } as const;
    made.push({ ...head, kind: 'samples', source: 'gateway', device: '', samples: all.slice(i, i + size) });
  }
  return made;
}

export function after(log: readonly PatientInput[], reload?: (state: TwinState) => TwinState): Ward {
  const ward = new Ward('p1', reload);
  for (const record of log) ward.take(record);
  return ward;
}

/** What a store that sorts keys does. */
export function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]) => [key, reordered(inner)] as const)
      .sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1)),
  );
}
