import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { InputChange } from '#libs/domain/forecasting';
import { propertyRuns } from '#libs/testing/properties';
import { chartOf, memoryOf, taken, type VitalMemory } from './memory.js';
import { meanOf } from './hours.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const T0 = 1_700_000_000_000 - (1_700_000_000_000 % HOUR);
const HEART = 1;

function value(minute: number, x: number, over: Partial<InputChange> = {}): InputChange {
  const t = T0 + minute * MINUTE;
  return { identity: `v${minute}`, code: HEART, t, x, quality: 0, source: 'ward', isWithdrawn: false, ...over };
}

function after(changes: readonly InputChange[], from: VitalMemory = memoryOf(null)): VitalMemory {
  return changes.reduce(taken, from);
}

/** Measurements of three sensors at distinct times of 30 h, many of them in the first eight minutes. */
const values = fc
  .uniqueArray(
    fc.record({
      minute: fc.oneof(
        fc.nat(30 * 60),
        fc.nat(80).map((tenth) => tenth / 10),
      ),
      x: fc.integer({ min: 40, max: 160 }),
      source: fc.constantFrom('ward', 'wearable', 'chart'),
    }),
    { selector: ({ minute }) => minute, maxLength: 80 },
  )
  .map((all) => all.map(({ minute, x, source }) => value(minute, x, { source })));

/** At most two an hour: each is kept singly. */
const charted = fc
  .uniqueArray(fc.record({ half: fc.nat(47), within: fc.nat(29), x: fc.integer({ min: 40, max: 160 }) }), {
    selector: ({ half }) => half,
    minLength: 1,
    maxLength: 48,
  })
  .map((all) => all.map(({ half, within, x }) => value(half * 30 + within, x)));

describe('the memory of vital signs', () => {
  it('does not depend on the order of arrival', () => {
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.nat()), (all, keys) => {
        const shuffled = all.map((one) => ({ one, key: keys.next().value })).sort((a, b) => a.key - b.key);
        expect(after(shuffled.map(({ one }) => one))).toEqual(after(all));
      }),
      propertyRuns(300),
    );
  });

  it('holds a corrected value as if the earlier version had never come, and a withdrawn one as if none had', () => {
    const revised = fc.record({ place: fc.nat(), x: fc.integer({ min: 40, max: 160 }), kind: fc.nat(2) });
    fc.assert(
      fc.property(charted, fc.array(revised, { maxLength: 5 }), (all, revisions) => {
        const last = new Map(all.map((one) => [one.identity, one]));
        const log = [...all];
        for (const { place, x, kind } of revisions) {
          const { identity, t } = all[place % all.length]!;
          const next = {
            ...all[place % all.length]!,
            t,
            x,
            isWithdrawn: kind === 1,
            quality: kind === 2 ? 2 : 0,
          } as const;
          log.push(next);
          if (kind === 0) last.set(identity, next);
          else last.delete(identity);
        }
        // A value before the window of what came later is gone for good: compare where none is.
        const newest = Math.max(...all.map(({ t }) => t));
        fc.pre([...last.values()].some(({ t }) => t === newest));
        const whole = after(log);
        const plain = after([...last.values()]);
        expect(hoursOf(whole)).toEqual(hoursOf(plain));
        expect(chartOf(whole, HEART)?.open).toEqual(chartOf(plain, HEART)?.open);
      }),
      propertyRuns(300),
    );
  });

  it('takes the newest value of a stream back exactly, and an older one of it not', () => {
    const stream = Array.from({ length: 30 }, (_, i) => value(i, 70 + i));
    const before = after(stream);
    const grown = after([value(30, 150)], before);
    expect(hoursOf(after([value(30, 150, { isWithdrawn: true })], grown))).toEqual(hoursOf(before));
    expect(after([value(3, 73, { isWithdrawn: true })], before)).toBe(before);
  });

  it('of before sensors were told apart is read as it is: its values are corrected and of no known sensor', () => {
    // Keys as they were stored by version 1: 32 bits of the identity alone.
    const old = after([value(0, 70), value(1, 72, { source: 'wearable' })]);
    const stored = JSON.parse(JSON.stringify(old), (name, x: unknown) =>
      name === 'id' ? (x as number) % 2 ** 32 : x,
    ) as VitalMemory;
    expect(hoursOf(after([value(1, 90, { source: 'wearable' })], stored))).toEqual([80]);
    expect(chartOf(after([value(1, 72, { isWithdrawn: true })], stored), HEART)?.recent).toHaveLength(1);
  });

  it('is bounded and plain: 24 hours of a second by second stream fit in 10 kB', () => {
    let memory = memoryOf(null);
    for (let second = 0; second < 30 * 3600; second += 20)
      for (const code of [1, 3, 4, 5, 7, 8])
        memory = taken(memory, value(second / 60, code === 8 ? 37 : 60, { code, identity: `${code} ${second}` }));
    expect(chartOf(memory, HEART)!.earlier).toHaveLength(23);
    expect(JSON.stringify(memory).length).toBeLessThan(10_000);
    expect(JSON.parse(JSON.stringify(memory))).toEqual(memory);
  });

  it('shares what a value of the newest hour does not touch', () => {
    const before = after([value(0, 70), value(60, 71), value(120, 72)]);
    const next = after([value(121, 73)], before);
    expect(chartOf(next, HEART)!.earlier).toBe(chartOf(before, HEART)!.earlier);
    expect(chartOf(before, HEART)!.open).toEqual(chartOf(after([value(120, 72)]), HEART)!.open);
  });

  it('takes nothing that cannot be, of another measure or older than 24 clock hours', () => {
    const before = after([value(30 * 60, 70)]);
    const nothing: Partial<InputChange>[] = [
      { x: Number.NaN },
      { x: 5 },
      { x: 400 },
      { t: Number.NaN },
      { t: Number.POSITIVE_INFINITY },
      { code: 9 },
      { code: -1 },
      { quality: 2 },
      { isWithdrawn: true },
      { t: T0 },
    ];
    for (const over of nothing) expect(after([value(31 * 60, 80, { identity: 'new', ...over })], before)).toBe(before);
  });
});

function hoursOf(memory: VitalMemory): readonly number[] {
  const chart = chartOf(memory, HEART);
  return chart === undefined ? [] : [...chart.earlier, chart.open].map(meanOf);
}
