import { describe, expect, it } from '@jest/globals';
import type { Cited } from '#libs/domain/twin';
import { HOUR, MINUTE, T0 } from '#libs/testing/ward';
import { entriesOf, NO_DOSES, withDose, withoutDoses, type DoseMemory } from './dose-memory.js';

const [BOLUS, BASAL] = [18, 19] as const;

function cited(identity: string, minutes: number, x: number, code: number = BOLUS): Cited {
  return { identity, version: 1, t: T0 + minutes * MINUTE, x, quality: 0, source: 'pump', code };
}

/** All of them, in this order; now is the newest of them. */
function memoryOf(doses: readonly Cited[], now = Math.max(...doses.map(({ t }) => t))): DoseMemory {
  return doses.reduce((memory, dose) => withDose(memory, dose, now), NO_DOSES);
}

const known = (memory: DoseMemory, code: number = BOLUS): string[] => entriesOf(memory, code).map(({ id }) => id);

describe('the memory of doses', () => {
  it('has them by measure, in order of time, then of amount, then of identity', () => {
    const memory = memoryOf([
      cited('d', 5, 2),
      cited('c', 5, 1),
      cited('b', 5, 2),
      cited('a', 9, 1),
      cited('e', 0, 3),
      cited('rate', 3, 1, BASAL),
    ]);
    expect(known(memory)).toEqual(['e', 'c', 'b', 'd', 'a']);
    expect(entriesOf(memory, BASAL)).toEqual([{ id: 'rate', t: T0 + 3 * MINUTE, x: 1 }]);
    expect(entriesOf(memory, 20)).toEqual([]);
  });

  it('has the newest version of each, known by the beginning of its identity', () => {
    const memory = memoryOf([cited('0123456789abcdef', 0, 1), cited('0123456789abcdef', 5, 3)]);
    expect(entriesOf(memory, BOLUS)).toEqual([{ id: '0123456789abc', t: T0 + 5 * MINUTE, x: 3 }]);
    expect(known(memoryOf([cited('0123456789ab-1', 0, 1), cited('0123456789ab-2', 0, 1)]))).toHaveLength(1);
    expect(known(memoryOf([cited('0123456789a-1', 0, 1), cited('0123456789a-2', 0, 1)]))).toHaveLength(2);
  });

  it('says since when doses are known, whatever order they come in', () => {
    for (const doses of [
      [cited('a', 0, 1), cited('b', 700, 1)],
      [cited('b', 700, 1), cited('a', 0, 1)],
    ])
      expect(memoryOf(doses).since).toEqual({ [BOLUS]: T0 });
    expect(memoryOf([cited('a', 7, 1), cited('b', 3, 1, BASAL)]).since).toEqual({
      [BOLUS]: T0 + 7 * MINUTE,
      [BASAL]: T0 + 3 * MINUTE,
    });
  });

  it('keeps eight hours, and the one before them, which may still hold', () => {
    const hours = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    const all = hours.map((hour) => cited(`h${hour}`, hour * 60, 1));
    // From two hours after the first on, and the one before that.
    expect(known(memoryOf(all, T0 + 10 * HOUR))).toEqual(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7', 'h8', 'h9', 'h10']);
    expect(known(memoryOf(all, T0 + 10 * HOUR + 1))[0]).toBe('h2');
    expect(known(memoryOf(all.slice(0, 3), T0 + 24 * HOUR))).toEqual(['h2']);
    expect(known(memoryOf([cited('a', 0, 1)], T0 + 24 * HOUR))).toEqual(['a']);
  });

  it('keeps a bounded number, the newest', () => {
    const all = Array.from({ length: 150 }, (_, i) => cited(`n${i}`, i, 1));
    expect(known(memoryOf(all))).toEqual(all.slice(-144).map(({ identity }) => identity));
  });
});

describe('doses that are withdrawn', () => {
  const memory = memoryOf([cited('0123456789abcdef', 0, 1), cited('b', 5, 2), cited('rate', 3, 1, BASAL)]);

  it('are left out, of whichever measure', () => {
    const left = withoutDoses(memory, new Set(['0123456789abcdef', 'rate']));
    expect([known(left), known(left, BASAL)]).toEqual([['b'], []]);
    expect(left.since).toEqual(memory.since);
  });

  it('leave the memory as it is when none of them is in it', () => {
    expect(withoutDoses(memory, new Set(['another']))).toBe(memory);
    expect(withoutDoses(NO_DOSES, new Set(['b']))).toBe(NO_DOSES);
  });
});
