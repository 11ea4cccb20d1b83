import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import type { PersonInputs } from '../inputs/person-inputs.js';
import { amountWithin } from '../inputs/segments.js';
import type { PlannedChange } from '../request/scenario-plan.js';
import { applyChanges } from './apply-changes.js';

const H = 3_600_000;
const BRANCH = { name: 'a', from: 10 * H, until: 16 * H };
const WINDOW = { from: BRANCH.from, until: BRANCH.until };
const INPUTS: PersonInputs = {
  boluses: [
    { t: 8 * H, units: 4 },
    { t: 12 * H, units: 6 },
  ],
  basal: [
    { from: 0, until: 11 * H, unitsPerHour: 1 },
    { from: 11 * H, until: 16 * H, unitsPerHour: 2 },
  ],
  carbohydrates: [{ t: 12 * H, grams: 60 }],
  exercise: [{ from: 13 * H, until: 14 * H, percent: 50 }],
};

function after(...changes: PlannedChange[]): PersonInputs {
  const outcome = applyChanges(INPUTS, changes, BRANCH);
  if (outcome.kind === 'refused') throw new Error(outcome.message);
  return outcome.inputs;
}

const basalOf = ({ basal }: PersonInputs, from: number, until: number): number =>
  amountWithin(
    basal.map((segment) => ({ ...segment, rate: segment.unitsPerHour })),
    from,
    until,
  );

describe('applyChanges', () => {
  it('without changes gives what is recorded', () => {
    expect(after()).toEqual(INPUTS);
  });

  it.each<{ what: string; change: PlannedChange; expected: Partial<PersonInputs> }>([
    {
      what: 'adds a bolus in its place',
      change: { kind: 'amount', of: 'insulin-bolus', t: 11 * H, x: 3 },
      expected: { boluses: [INPUTS.boluses[0]!, { t: 11 * H, units: 3 }, INPUTS.boluses[1]!] },
    },
    {
      what: 'scales boluses of the branch only',
      change: { kind: 'scale', of: 'insulin-bolus', by: 0.5, ...WINDOW },
      expected: {
        boluses: [
          { t: 8 * H, units: 4 },
          { t: 12 * H, units: 3 },
        ],
      },
    },
    {
      what: 'removes a meal',
      change: { kind: 'remove', of: 'carbohydrate-intake', ...WINDOW },
      expected: { carbohydrates: [] },
    },
    {
      what: 'shifts a meal',
      change: { kind: 'shift', of: 'carbohydrate-intake', byMs: -H, ...WINDOW },
      expected: { carbohydrates: [{ t: 11 * H, grams: 60 }] },
    },
    {
      what: 'puts a rate in place of what was there',
      change: { kind: 'rate', of: 'insulin-basal-rate', from: 12 * H, until: 13 * H, x: 0 },
      expected: {
        basal: [
          { from: 0, until: 11 * H, unitsPerHour: 1 },
          { from: 11 * H, until: 12 * H, unitsPerHour: 2 },
          { from: 12 * H, until: 13 * H, unitsPerHour: 0 },
          { from: 13 * H, until: 16 * H, unitsPerHour: 2 },
        ],
      },
    },
    {
      what: 'suspends the basal rate for the branch, and not before it',
      change: { kind: 'remove', of: 'insulin-basal-rate', ...WINDOW },
      expected: {
        basal: [
          { from: 0, until: 10 * H, unitsPerHour: 1 },
          { from: 10 * H, until: 11 * H, unitsPerHour: 0 },
          { from: 11 * H, until: 16 * H, unitsPerHour: 0 },
        ],
      },
    },
    {
      what: 'shifts exercise',
      change: { kind: 'shift', of: 'exercise-intensity', byMs: H / 2, ...WINDOW },
      expected: { exercise: [{ from: 13.5 * H, until: 14.5 * H, percent: 50 }] },
    },
    {
      what: 'shifts a change of the basal rate and lets the rate before it hold on',
      change: { kind: 'shift', of: 'insulin-basal-rate', byMs: H, from: 11 * H, until: 12 * H },
      expected: {
        basal: [
          { from: 0, until: 11 * H, unitsPerHour: 1 },
          { from: 11 * H, until: 12 * H, unitsPerHour: 1 },
          { from: 12 * H, until: 13 * H, unitsPerHour: 2 },
          { from: 13 * H, until: 16 * H, unitsPerHour: 2 },
        ],
      },
    },
  ])('$what', ({ change, expected }) => {
    expect(after(change)).toEqual({ ...INPUTS, ...expected });
  });

  it('applies changes one after the other', () => {
    const removed = { kind: 'remove', of: 'insulin-bolus', ...WINDOW } as const;
    const given = { kind: 'amount', of: 'insulin-bolus', t: 11 * H, x: 3 } as const;
    expect(after(removed, given).boluses.map(({ units }) => units)).toEqual([4, 3]);
    expect(after(given, removed).boluses.map(({ units }) => units)).toEqual([4]);
  });

  it('refuses what becomes too much by scaling', () => {
    const tenfold = { kind: 'scale', of: 'insulin-bolus', by: 10, ...WINDOW } as const;
    expect(applyChanges(INPUTS, [tenfold], BRANCH)).toMatchObject({ kind: 'refused', reason: 'outside-domain' });
  });

  it('takes amounts of one minute as one: ten of 30 [IU] are 300', () => {
    const bolus = (minutes: number) =>
      ({ kind: 'amount', of: 'insulin-bolus', t: 11 * H + minutes * 60_000, x: 30 }) as const;
    expect(
      applyChanges(
        INPUTS,
        Array.from({ length: 10 }, () => bolus(0)),
        BRANCH,
      ),
    ).toMatchObject({
      kind: 'refused',
      reason: 'outside-domain',
      message: expect.stringContaining('insulin-bolus of 300 [IU] is above 30 [IU]'),
    });
    expect(applyChanges(INPUTS, [bolus(0), bolus(1)], BRANCH).kind).toBe('changed');
  });

  it('never changes what was given before the branch, and scales amounts by exactly the factor', () => {
    const hour = fc.integer({ min: 10, max: 15 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 30 }).map((tenths) => tenths / 10),
        hour,
        fc.integer({ min: 1, max: 4 }),
        (by, from, hours) => {
          const window = { from: from * H, until: (from + hours) * H };
          const scaled = after({ kind: 'scale', of: 'insulin-basal-rate', by, ...window });
          expect(basalOf(scaled, 0, 10 * H)).toBeCloseTo(basalOf(INPUTS, 0, 10 * H), 9);
          const inside = basalOf(INPUTS, window.from, window.until);
          expect(basalOf(scaled, window.from, window.until)).toBeCloseTo(by * inside, 9);
          expect(basalOf(scaled, 0, 16 * H)).toBeCloseTo(basalOf(INPUTS, 0, 16 * H) + (by - 1) * inside, 9);
          for (const [i, segment] of scaled.basal.entries())
            expect(segment.from).toBeGreaterThanOrEqual(i === 0 ? 0 : scaled.basal[i - 1]!.until);
        },
      ),
      propertyRuns(100),
    );
  });
});
