import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { propertyRuns } from '#libs/testing/properties';
import { derivatives, emptyingRate, STATES, type Drive } from './equations.js';
import { basalUnitsPerHour, type UvaPadovaParameters } from './parameters.js';
import { rungeKutta4, workspace } from './runge-kutta.js';
import { UVA_PADOVA, type UvaPadovaInputs, type UvaPadovaState } from './simulation.js';
import { VIRTUAL_PEOPLE } from './virtual-people.js';

const PEOPLE = Object.entries(VIRTUAL_PEOPLE);
const NOTHING: UvaPadovaInputs = { carbohydrates: 0, bolus: 0, basal: 0 };

function atRest(person: UvaPadovaParameters): UvaPadovaState {
  const state = UVA_PADOVA.init(person);
  if ('kind' in state) throw new Error(state.message);
  return state;
}

function stepped(...args: Parameters<typeof UVA_PADOVA.step>): UvaPadovaState {
  const state = UVA_PADOVA.step(...args);
  if ('kind' in state) throw new Error(state.message);
  return state;
}

interface Event {
  readonly minute: number;
  readonly carbohydrates: number;
  readonly bolus: number;
}

/** Glucose under the skin each minute. */
function path(person: UvaPadovaParameters, minutes: number, events: readonly Event[]): readonly number[] {
  let state = atRest(person);
  const values: number[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    values.push(UVA_PADOVA.observe(person, state)['glucose']!);
    const now = events.filter((event) => event.minute === minute);
    state = stepped(
      person,
      state,
      {
        carbohydrates: now.reduce((sum, each) => sum + each.carbohydrates, 0),
        bolus: now.reduce((sum, each) => sum + each.bolus, 0),
        basal: basalUnitsPerHour(person),
      },
      1,
    );
  }
  return values;
}

describe.each(PEOPLE)('the virtual person %s', (_, person) => {
  it('stays at rest under the basal rate', () => {
    for (const value of path(person, 1440, [])) expect(value).toBeCloseTo(person.Gb, 6);
  });

  it('has no derivative at rest', () => {
    const out = new Float64Array(STATES);
    derivatives(person, Float64Array.from(atRest(person).x), { eating: 0, insulin: person.u2ss, meal: 0 }, out);
    for (const rate of out) expect(Math.abs(rate)).toBeLessThan(1e-9);
  });

  it('rises by a meal, and falls by insulin', () => {
    const usual = person.Gb;
    expect(Math.max(...path(person, 300, [{ minute: 10, carbohydrates: 50, bolus: 0 }]))).toBeGreaterThan(usual + 30);
    expect(Math.min(...path(person, 300, [{ minute: 10, carbohydrates: 0, bolus: 2 }]))).toBeLessThan(usual - 10);
  });

  it('is the same at a step of half a minute as at an eighth of it, within 0.01 mg/dL', () => {
    const events = [
      { minute: 60, carbohydrates: 60, bolus: 4 },
      { minute: 300, carbohydrates: 30, bolus: 0 },
    ];
    const coarse = path(person, 720, events);
    const fine = finePath(person, 720, events, 16);
    for (const [minute, value] of coarse.entries()) expect(Math.abs(value - fine[minute]!)).toBeLessThan(0.01);
  });
});

/** The same simulation by parts of a minute, with the bookkeeping of meals written down again. */
function finePath(
  person: UvaPadovaParameters,
  minutes: number,
  events: readonly Event[],
  parts: number,
): readonly number[] {
  const x = Float64Array.from(atRest(person).x);
  const space = workspace(STATES);
  const values: number[] = [];
  let [plate, before, eaten, wasEating] = [0, 0, 0, false];
  for (let minute = 0; minute < minutes; minute += 1) {
    values.push(x[12]! / person.Vg);
    let units = basalUnitsPerHour(person) / 60;
    for (const event of events.filter((each) => each.minute === minute)) {
      plate += event.carbohydrates;
      units += event.bolus;
    }
    const bite = Math.min(5, plate);
    plate -= bite;
    if (bite > 0 && !wasEating) [before, eaten] = [x[0]! + x[1]!, 0];
    eaten += bite;
    wasEating = bite > 0;
    const drive: Drive = { eating: 1000 * bite, insulin: (6000 * units) / person.BW, meal: before + 1000 * eaten };
    for (let part = 0; part < parts; part += 1)
      rungeKutta4(x, 1 / parts, (at, out) => derivatives(person, at, drive, out), space);
  }
  return values;
}

describe('masses', () => {
  const anyState = fc.array(fc.double({ min: 0, max: 500, noNaN: true }), { minLength: STATES, maxLength: STATES });
  const anyPerson = fc.constantFrom(...Object.values(VIRTUAL_PEOPLE));

  it('change by what enters and leaves, and by nothing else', () => {
    fc.assert(
      fc.property(anyPerson, anyState, fc.double({ min: 0, max: 5000, noNaN: true }), (p, state, meal) => {
        const x = Float64Array.from(state);
        const out = new Float64Array(STATES);
        const drive = { eating: 3000, insulin: 7, meal };
        derivatives(p, x, drive, out);
        const sum = (...at: readonly number[]): number => at.reduce((all, i) => all + out[i]!, 0);
        // Stomach and gut lose what is absorbed.
        expect(sum(0, 1, 2)).toBeCloseTo(drive.eating - p.kabs * x[2]!, 6);
        // Glucose in plasma and tissue: production and appearance less what brain, kidney and tissue use.
        const use = ((p.Vm0 + p.Vmx * x[6]!) * x[4]!) / (p.Km0 + x[4]!);
        const produced = Math.max(0, p.kp1 - p.kp2 * x[3]! - p.kp3 * x[8]!);
        const excreted = Math.max(0, p.ke1 * (x[3]! - p.ke2));
        expect(sum(3, 4)).toBeCloseTo(produced + (p.f * p.kabs * x[2]!) / p.BW - p.Fsnc - excreted - use, 6);
        // Insulin: given less what plasma and liver degrade.
        expect(sum(5, 9, 10, 11)).toBeCloseTo(drive.insulin - p.m4 * x[5]! - p.m30 * x[9]!, 6);
      }),
      propertyRuns(100),
    );
  });

  it.each([0, Number.MIN_VALUE, 1e-300, 1e-9])('empty as without a meal after one of %p mg', (meal) => {
    const { adult } = VIRTUAL_PEOPLE;
    expect([0, 1].map((inStomach) => emptyingRate(adult, inStomach, meal))).toEqual([adult.kmax, adult.kmax]);
  });

  it('of a meal are absorbed in full', () => {
    const person = VIRTUAL_PEOPLE.adult;
    let state = stepped(person, atRest(person), { ...NOTHING, carbohydrates: 60 }, 1);
    let absorbed = 0;
    for (let minute = 1; minute < 3000; minute += 1) {
      const before = state.x[2]!;
      state = stepped(person, state, { ...NOTHING, basal: basalUnitsPerHour(person) }, 1);
      absorbed += (person.kabs * (before + state.x[2]!)) / 2;
    }
    expect(state.x[0]! + state.x[1]! + state.x[2]!).toBeLessThan(1);
    expect(absorbed / 60_000).toBeCloseTo(1, 2);
  });

  it('never grow from below nothing: an amount that is negative does not fall', () => {
    const out = new Float64Array(STATES);
    for (const i of [3, 4, 5, 9, 10, 11, 12]) {
      const x = Float64Array.from(atRest(VIRTUAL_PEOPLE.adult).x);
      x[i] = -1;
      derivatives(VIRTUAL_PEOPLE.adult, x, { eating: 0, insulin: 0, meal: 0 }, out);
      expect(out[i]).toBe(0);
    }
  });
});

describe('the mean path of the simulator', () => {
  it('never rises by more insulin', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(VIRTUAL_PEOPLE)),
        fc.integer({ min: 0, max: 200 }),
        fc.double({ min: 0.1, max: 3, noNaN: true }),
        (person, minute, bolus) => {
          const meal = { minute: 30, carbohydrates: 50, bolus: 2 };
          const usual = path(person, 360, [meal]);
          const more = path(person, 360, [meal, { minute, carbohydrates: 0, bolus }]);
          expect(more.every((value, i) => value <= usual[i]! + 1e-6)).toBe(true);
        },
      ),
      propertyRuns(10),
    );
  });

  it('never falls by a larger meal', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(VIRTUAL_PEOPLE)),
        fc.integer({ min: 5, max: 90 }),
        fc.integer({ min: 1, max: 40 }),
        (person, grams, more) => {
          const small = path(person, 480, [{ minute: 10, carbohydrates: grams, bolus: 0 }]);
          const large = path(person, 480, [{ minute: 10, carbohydrates: grams + more, bolus: 0 }]);
          // A larger meal is eaten for longer, which delays the end of slow emptying by minutes.
          expect(large.every((value, i) => value >= small[i]! - 0.5)).toBe(true);
          expect(Math.max(...large)).toBeGreaterThan(Math.max(...small));
        },
      ),
      propertyRuns(10),
    );
  });
});

describe('bad input', () => {
  it('is refused where parameters are no person', () => {
    const { adult } = VIRTUAL_PEOPLE;
    expect(UVA_PADOVA.init({ ...adult, Vg: 0 })).toMatchObject({ kind: 'refused', reason: 'outside-domain' });
    expect(UVA_PADOVA.init({ ...adult, kabs: Number.NaN })).toMatchObject({
      kind: 'refused',
      reason: 'outside-domain',
    });
    expect(UVA_PADOVA.init({ ...adult, EGPb: 40 })).toMatchObject({ kind: 'refused', reason: 'outside-domain' });
  });

  it.each<[string, Partial<UvaPadovaInputs>, number]>([
    ['half a minute', {}, 0.5],
    ['no time', {}, 0],
    ['a time without end', {}, Number.POSITIVE_INFINITY],
    ['a negative bolus', { bolus: -1 }, 1],
    ['a negative basal rate', { basal: -0.1 }, 1],
    ['a basal rate that is no number', { basal: Number.NaN }, 1],
    ['carbohydrates without end', { carbohydrates: Number.POSITIVE_INFINITY }, 1],
  ])('is refused in a step and never thrown: %s', (_, inputs, minutes) => {
    const { adult } = VIRTUAL_PEOPLE;
    const answer = UVA_PADOVA.step(adult, atRest(adult), { ...NOTHING, ...inputs }, minutes);
    expect(answer).toMatchObject({ kind: 'refused', reason: 'outside-domain' });
  });

  it('has parameters whose typical value lies within its bounds', () => {
    for (const { minimum, maximum, typical } of UVA_PADOVA.parameters) {
      expect(minimum).toBeLessThan(typical);
      expect(maximum).toBeGreaterThan(typical);
    }
    expect(UVA_PADOVA.parameters).toHaveLength(25);
  });
});
