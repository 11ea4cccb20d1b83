import type { UvaPadovaParameters } from '../../uva-padova/parameters.js';
import { INSULIN_STATES, insulinMinute, stepInsulin } from './linear-insulin.js';
import { emptyingRate } from '../../uva-padova/equations.js';
import type { Timeline } from './timeline.js';

const PMOL_PER_UNIT = 6000;

/**
 * Share by which use of glucose rises at full exercise; e1 of the exercise extension of ReplayBG (Cappon et al., IEEE Trans Biomed Eng 2023), taken over as it
 * is and not fitted.
 */
const EXERCISE_GAIN = 1.6;

/** Less than this in stomach and gut counts as nothing, mg. */
const NOTHING = 1;

/** Stomach and gut, mg; `meal`: what lay in the stomach when the last meal began and what was eaten since. */
export interface StomachState {
  readonly solid: number;
  readonly liquid: number;
  readonly gut: number;
  readonly meal: number;
  readonly isEating: boolean;
}

const EMPTY: StomachState = { solid: 0, liquid: 0, gut: 0, meal: 0, isEating: false };

export interface Appearance {
  /** Appearance of meals within each minute, mg/kg/min. */
  readonly appearance: Float64Array;
  readonly stomachAtEnd: StomachState;
}

export interface InsulinAction {
  /** Insulin action and delayed insulin at the start of each minute and at the end of the last, pmol/L. */
  readonly action: Float64Array;
  readonly delayed: Float64Array;
  readonly insulinAtEnd: Float64Array;
}

/** What drives glucose. */
export type Drives = Appearance & InsulinAction;

/** Glucose at one time, mg/kg. */
export interface GlucoseState {
  readonly plasma: number;
  readonly tissue: number;
  readonly skin: number;
}

/** Insulin at rest under a constant rate, [IU]/h. */
export function insulinAtRest(p: UvaPadovaParameters, unitsPerHour: number): Float64Array {
  const rate = (unitsPerHour * 100) / p.BW;
  const skin1 = rate / (p.ka1 + p.kd);
  const skin2 = (p.kd * skin1) / p.ka2;
  // Plasma and liver: (m2 + m4) plasma - m1 liver = rate; (m1 + m30) liver = m2 plasma.
  const plasma = rate / (p.m2 + p.m4 - (p.m1 * p.m2) / (p.m1 + p.m30));
  const concentration = plasma / p.Vi;
  return Float64Array.of(
    skin1,
    skin2,
    plasma,
    (p.m2 * plasma) / (p.m1 + p.m30),
    concentration,
    concentration,
    concentration,
  );
}

/**
 * Appearance of meals: stomach and gut of UVA/Padova, emptying begun anew with each meal as in the simulator. Heun's method at 1 min, in a form in which what
 * leaves one compartment enters the next.
 */
export function appearanceOf(
  p: UvaPadovaParameters,
  { minutes, eaten }: Timeline,
  from: StomachState = EMPTY,
): Appearance {
  const appearance = new Float64Array(minutes + 1);
  const stays = Math.exp(-p.kmax);
  const ground1 = (1 - stays) / p.kmax;
  const absorbs = Math.exp(-p.kabs);
  const absorbed1 = (1 - absorbs) / p.kabs;
  const appearing = p.f / p.BW;
  let { solid, liquid, gut, meal, isEating } = from;
  for (let minute = 0; minute < minutes; minute += 1) {
    const bite = eaten[minute]!;
    if (bite > 0) meal = (isEating ? meal : solid + liquid) + bite;
    isEating = bite > 0;
    if (!isEating && solid + liquid + gut < NOTHING) {
      solid = liquid = gut = 0;
      continue;
    }
    const solidAfter = solid * stays + bite * ground1;
    const ground = solid + bite - solidAfter;
    const before = emptyingRate(p, solid + liquid, meal) * liquid;
    const guess = liquid + ground - before;
    const emptied = (before + emptyingRate(p, solidAfter + guess, meal) * guess) / 2;
    solid = solidAfter;
    liquid += ground - emptied;
    const gutAfter = gut * absorbs + emptied * absorbed1;
    appearance[minute] = appearing * (gut + emptied - gutAfter);
    gut = gutAfter;
  }
  return { appearance, stomachAtEnd: { solid, liquid, gut, meal, isEating } };
}

export function insulinOf(p: UvaPadovaParameters, { minutes, insulin }: Timeline, from: Float64Array): InsulinAction {
  const minuteMatrix = insulinMinute(p);
  const state = Float64Array.from(from);
  if (state.length !== INSULIN_STATES) throw new RangeError(`${INSULIN_STATES} states of insulin expected`);
  const action = new Float64Array(minutes + 1);
  const delayed = new Float64Array(minutes + 1);
  const perUnit = PMOL_PER_UNIT / p.BW;
  for (let minute = 0; minute < minutes; minute += 1) {
    action[minute] = state[4]!;
    delayed[minute] = state[6]!;
    stepInsulin(minuteMatrix, state, insulin[minute]! * perUnit);
  }
  action[minutes] = state[4]!;
  delayed[minutes] = state[6]!;
  return { action, delayed, insulinAtEnd: state };
}

/** Glucose level at `mgPerDl`: tissue in balance with plasma, k1 plasma - k2 tissue = use(tissue), by Newton's method. */
export function glucoseAtRest(p: UvaPadovaParameters, mgPerDl: number, action: number): GlucoseState {
  const plasma = mgPerDl * p.Vg;
  const strength = Math.max(0, p.Vm0 + p.Vmx * (action - p.Ib));
  let tissue = (p.k1 * plasma) / p.k2;
  for (let i = 0; i < 12; i += 1) {
    const excess = p.k1 * plasma - p.k2 * tissue - (strength * tissue) / (p.Km0 + tissue);
    tissue = Math.max(0, tissue + excess / (p.k2 + (strength * p.Km0) / (p.Km0 + tissue) ** 2));
  }
  return { plasma, tissue, skin: plasma };
}

/** Glucose under the skin at the start of each minute and at the end of the last, mg/dL; Heun's method at 1 min. */
export function glucosePath(
  p: UvaPadovaParameters,
  drives: Pick<Drives, 'appearance' | 'action' | 'delayed'>,
  { minutes, exercise }: Pick<Timeline, 'minutes' | 'exercise'>,
  from: GlucoseState,
): { readonly path: Float64Array; readonly end: GlucoseState } {
  const { appearance, action, delayed } = drives;
  const { kp1, kp2, kp3, Fsnc, ke1, ke2, k1, k2, Km0, Vm0, Vmx, Ib, Vg } = p;
  const follows = Math.exp(-p.ksc);
  const path = new Float64Array(minutes + 1);
  let { plasma, tissue, skin } = from;
  for (let minute = 0; minute < minutes; minute += 1) {
    path[minute] = skin / Vg;
    const effort = 1 + EXERCISE_GAIN * exercise[minute]!;
    const appears = appearance[minute]!;
    const strength = Math.max(0, Vm0 + Vmx * (action[minute]! - Ib)) * effort;
    const strengthAfter = Math.max(0, Vm0 + Vmx * (action[minute + 1]! - Ib)) * effort;
    const exchange = k1 * plasma - k2 * tissue;
    const plasmaRate =
      Math.max(0, kp1 - kp2 * plasma - kp3 * delayed[minute]!) +
      appears -
      Fsnc -
      Math.max(0, ke1 * (plasma - ke2)) -
      exchange;
    const tissueRate = exchange - (strength * tissue) / (Km0 + tissue);
    const plasmaGuess = plasma + plasmaRate;
    const tissueGuess = tissue + tissueRate;
    const exchangeAfter = k1 * plasmaGuess - k2 * tissueGuess;
    const plasmaRateAfter =
      Math.max(0, kp1 - kp2 * plasmaGuess - kp3 * delayed[minute + 1]!) +
      appears -
      Fsnc -
      Math.max(0, ke1 * (plasmaGuess - ke2)) -
      exchangeAfter;
    const tissueRateAfter = exchangeAfter - (strengthAfter * tissueGuess) / (Km0 + tissueGuess);
    const before = plasma;
    plasma = Math.max(0, plasma + (plasmaRate + plasmaRateAfter) / 2);
    tissue = Math.max(0, tissue + (tissueRate + tissueRateAfter) / 2);
    skin = skin * follows + ((before + plasma) / 2) * (1 - follows);
  }
  path[minutes] = skin / Vg;
  return { path, end: { plasma, tissue, skin } };
}
