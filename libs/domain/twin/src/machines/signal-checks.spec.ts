import { describe, expect, it } from '@jest/globals';
import { GLUCOSE, HOUR, MINUTE, T0 } from '#libs/testing/ward';
import type { CheckMachine } from '../state/machine-state.js';
import { citedOf } from '../fixtures/draft.fixture.js';
import type { Cited } from '../state/cited.js';
import { check, isChecked } from './signal-checks.js';

const MIN5 = 5 * MINUTE;

function cited(after: number, x: number, source = 'a', quality: 0 | 1 | 2 = 0): Cited {
  return citedOf({ identity: `${source}-${after}`, t: T0 + after, x, quality, source, code: GLUCOSE });
}

/** Values in the order given; the last one as it was judged, and what is remembered then. */
function checked(...values: Cited[]): { readonly machine: CheckMachine | null; readonly cited: Cited } {
  let machine: CheckMachine | null = null;
  let last = values[0]!;
  for (const one of values) ({ machine, cited: last } = check(machine, { cited: one }));
  return { machine, cited: last };
}

const HIGH = [376, 380, 380].map((x, i) => cited(i * MIN5, x));
/** 380 mg/dL are 21.1 mmol/L. */
const OTHER_UNIT = cited(HOUR, 21.3);

describe('signal checks', () => {
  it('are of vital signs, not of waveforms or what is not known', () => {
    expect([GLUCOSE, 12, 9999].map(isChecked)).toEqual([true, false, false]);
    const wave = citedOf({ code: 12 });
    const machine = {};
    expect(check(machine, { cited: wave })).toEqual({ machine, cited: wave });
  });

  it.each([0, 1, 2] as const)('leave a first value as it was sent: quality %s', (quality) => {
    const value = cited(0, 100, 'a', quality);
    const { machine, cited: judged } = checked(value);
    expect(judged).toBe(value);
    expect(Object.keys(machine ?? {})).toEqual(quality === 2 ? [] : ['a']);
  });

  it('say why a value is doubtful, after what was known before', () => {
    expect(checked(...HIGH, OTHER_UNIT).cited).toEqual({ ...OTHER_UNIT, quality: 1, reasons: ['unit-doubtful'] });
    const sent: Cited = { ...OTHER_UNIT, quality: 1, reasons: ['own-reason'] };
    expect(checked(...HIGH, sent).cited).toEqual({ ...sent, reasons: ['own-reason', 'unit-doubtful'] });
  });

  it('compare a source with its own values', () => {
    expect(checked(...HIGH, cited(HOUR, 21.3, 'b')).machine).toHaveProperty('a');
    expect(checked(...HIGH, cited(HOUR, 100, 'b'), OTHER_UNIT).cited.quality).toBe(1);
  });

  it('compare a device with its own values: a gateway sends for several', () => {
    let machine: CheckMachine | null = null;
    for (let i = 0; i < 6; i++)
      for (const [device, x] of [
        ['cgm-1', 100 + i],
        ['cgm-2', 250 + i],
      ] as const) {
        const judged = check(machine, { cited: cited(i * MIN5, x), device });
        expect(judged.cited.quality).toBe(0);
        ({ machine } = judged);
      }
    expect(Object.keys(machine ?? {})).toEqual(['cgm-1', 'cgm-2']);
  });

  it('remember four sources; the one silent for longest is forgotten', () => {
    const sources = ['c', 'a', 'd', 'b'].map((source, i) => cited(i * MINUTE, 100, source));
    expect(Object.keys(checked(...sources).machine!).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(Object.keys(checked(...sources, cited(HOUR, 100, 'e')).machine!).sort()).toEqual(['a', 'b', 'd', 'e']);
    const heard = [...sources, cited(30 * MINUTE, 100, 'c'), cited(HOUR, 100, 'e')];
    expect(Object.keys(checked(...heard).machine!).sort()).toEqual(['b', 'c', 'd', 'e']);
  });

  it('forget of sources silent for equally long the one that was first heard of', () => {
    const together = ['c', 'a', 'd', 'b'].map((source) => cited(0, 100, source));
    expect(Object.keys(checked(...together, cited(HOUR, 100, 'e')).machine!).sort()).toEqual(['a', 'b', 'd', 'e']);
  });

  it('compare the first value of a source with no source that is doubted itself', () => {
    const doubted = [...HIGH, cited(30 * MINUTE, 21.3)];
    expect(checked(...doubted, cited(31 * MINUTE, 21.3, 'b')).cited.quality).toBe(0);
    expect(checked(...HIGH, cited(31 * MINUTE, 21.3, 'b')).cited.quality).toBe(1);
  });

  it('keep what is remembered where a value changes nothing', () => {
    const { machine } = checked(...HIGH);
    expect(check(machine, { cited: cited(HOUR, 100, 'a', 2) }).machine).toBe(machine);
  });

  it('accept what another source confirms, unless that one is doubted itself', () => {
    const other = [22, 22, 22].map((x, i) => cited(30 * MINUTE + i * MIN5, x, 'b'));
    expect(checked(...other, ...HIGH, cited(HOUR, 22)).cited.reasons ?? []).not.toContain('unit-doubtful');
    const doubted = [380, 380, 380].map((x, i) => cited(i * MIN5, x, 'b'));
    const both = checked(...doubted, cited(50 * MINUTE, 21.3, 'b'), ...HIGH, OTHER_UNIT);
    expect(both.cited.reasons).toContain('unit-doubtful');
  });
});
