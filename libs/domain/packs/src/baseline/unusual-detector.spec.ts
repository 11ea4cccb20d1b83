import { describe, expect, it } from '@jest/globals';
import {
  defaultLimits,
  type Circumstances,
  type Cited,
  type Derived,
  type DetectorStep,
  type Rule,
} from '#libs/domain/twin';
import { MINUTE, T0 } from '#libs/testing/ward';
import { UNUSUAL_DETECTOR } from './unusual-detector.js';

const PARTS = { expected: 64.4, spread: 6.25, days: 9 };

interface Told {
  readonly minute: number;
  /** Robust spreads from the baseline; null: not known. */
  readonly z: number | null;
  readonly quality?: 0 | 1;
}

const citedAt = ({ minute, quality = 0 }: Told): Cited => ({
  identity: `value-${minute}`,
  version: 1,
  t: T0 + minute * MINUTE,
  x: 91,
  quality,
  source: 'gateway',
  code: 1,
});

/** The step after the last of these. Held for 30 min at 4 spreads, over after 10 min below 3. */
function after(values: readonly Told[]): DetectorStep {
  let step: DetectorStep = { memory: null, holds: {} };
  for (const value of values) {
    const derived: Derived = value.z === null ? { refused: 'cold-start' } : { value: value.z, parts: PARTS };
    const at: Circumstances = {
      limitsOf: (rule) => defaultLimits(rule as Rule),
      person: { born: null, pregnancies: [], deceased: false },
      derived: () => derived,
      now: T0 + value.minute * MINUTE,
    };
    step = UNUSUAL_DETECTOR.step(step.memory, { cited: citedAt(value) }, at);
  }
  return step;
}

/** `5:4`: 4 spreads at 5 min; `5:4?` is doubtful, `5:none` not known. */
function told(text: string): Told[] {
  return text.split(' ').map((one) => {
    const [minute, z] = one.split(':') as [string, string];
    const value = { minute: Number(minute), z: z === 'none' ? null : Number.parseFloat(z) };
    return z.endsWith('?') ? { ...value, quality: 1 } : value;
  });
}

const isHeld = (text: string): boolean => 'heart-rate-unusual' in after(told(text)).holds;

describe('a heart rate that is unusual', () => {
  it.each([
    ['0:4 15:4 30:4', true],
    ['0:-4 15:-4 30:-4', true],
    ['0:3.9 15:3.9 30:3.9', false],
    ['0:4 15:4 29:4', false],
    // A gap of more than 15 min starts the timer anew.
    ['0:4 15:4 31:4', false],
    ['0:4 16:4 31:4', false],
    ['0:4 16:4 31:4 46:4', true],
    ['0:4 15:3 30:4', false],
    // Held, it is met by less.
    ['0:4 15:4 30:4 45:3', true],
    ['0:4 15:4 30:4 45:2.9', false],
    ['0:4 15:4 30:4 39:2.9', true],
    ['0:4 15:4 30:4 40:2.9', false],
    // Held, it outlasts a gap.
    ['0:4 15:4 30:4 60:3', true],
    ['0:4 15:4? 15:4 30:4?', false],
    ['0:4 15:4 20:0? 30:4', true],
    ['0:4 15:4 30:4 41:0?', true],
    ['0:4 15:4 30:none', false],
    ['0:4 15:4 20:none 30:4', false],
  ])('%s: %j', (text, expected) => {
    expect(isHeld(text)).toBe(expected);
  });

  it('is not remembered where it is not unusual, nor where no baseline is known', () => {
    for (const text of ['0:3.9', '0:4?', '0:none', '0:4 5:none', '0:4 5:3.9'])
      expect(after(told(text))).toEqual({ memory: null, holds: {} });
    expect(after(told('0:4')).memory).not.toBeNull();
  });

  it('says how far it is from what is usual, and what that rests on', () => {
    const finding = {
      rank: 1,
      weight: 4.26,
      cites: [citedAt({ minute: 30, z: 4.26 })],
      words: "Heart rate 91 /min, 4.3 robust spreads above the patient's baseline for this time of day",
      limit: 4,
      limitName: 'spreads',
      unit: '{spread}',
      comparison: 'at-or-above',
      notes: ['baseline 64 /min, robust spread 6.3 /min, from 9 days'],
    };
    const { holds, memory } = after(told('0:4 15:4 30:4.26'));
    expect(holds).toEqual({ 'heart-rate-unusual': finding });
    const below = after(told('0:-4 15:-4 30:-4.26')).holds['heart-rate-unusual']!;
    expect([below.weight, below.words]).toEqual([4.26, finding.words.replace('above', 'below')]);
    const form = ({ identity }: Cited): string => identity;
    expect(UNUSUAL_DETECTOR.mapCited!(memory, form)).toEqual({
      ...(memory as object),
      finding: { ...finding, cites: ['value-30'] },
    });
  });

  it('keeps the finding of the last value that was beyond while it clears', () => {
    const { holds } = after(told('0:4 15:4 30:5 35:1'));
    expect(holds['heart-rate-unusual']).toMatchObject({ weight: 5, cites: [{ identity: 'value-30' }] });
    expect(after(told('0:4 15:4 30:5 35:3.5')).holds['heart-rate-unusual']).toMatchObject({ weight: 3.5 });
  });
});
