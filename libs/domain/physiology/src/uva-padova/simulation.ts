import { refuse, type ModelRefusal, type SimulationModel } from '#libs/domain/forecasting';
import { UVA_PADOVA_CARD } from './card.js';
import { UVA_PADOVA_PARAMETERS } from './parameter-specs.js';
import { derivatives, STATES, type Drive } from './equations.js';
import type { UvaPadovaParameters } from './parameters.js';
import { rungeKutta4, workspace } from './runge-kutta.js';

/** A virtual person at one time; plain JSON. */
export interface UvaPadovaState {
  /** The 13 states, in the order of `STATES`. */
  readonly x: readonly number[];
  /** Carbohydrates on the plate, g. */
  readonly plate: number;
  /** In the stomach when the meal began, mg, and eaten since, g. */
  readonly stomachAtMeal: number;
  readonly eaten: number;
  readonly isEating: boolean;
}

/** What happens within a step. */
export interface UvaPadovaInputs {
  /** Put on the plate at the start of the step, g; eaten at 5 g/min. */
  readonly carbohydrates: number;
  /** Given within the first minute, [IU]. */
  readonly bolus: number;
  /** Basal rate, [IU]/h. */
  readonly basal: number;
}

/** g/min, as simglucose eats (`T1DPatient.EAT_RATE`). */
const EATING_RATE = 5;
/** pmol per [IU]. */
const PMOL_PER_UNIT = 6000;
/** Step of the integrator, min: within 0.01 mg/dL of an eighth-order method with error control on all recorded scenarios (README). */
const STEP_MINUTES = 0.5;

export const UVA_PADOVA: SimulationModel<UvaPadovaState, UvaPadovaInputs, UvaPadovaParameters> = {
  card: UVA_PADOVA_CARD,
  parameters: UVA_PADOVA_PARAMETERS,
  init,
  step,
  observe: ({ Vg, Vi }, { x }) => ({
    glucose: x[12]! / Vg,
    'plasma-glucose': x[3]! / Vg,
    'plasma-insulin': x[5]! / Vi,
  }),
};

/** The person at rest under the basal rate of the parameters; refuses parameters that are not positive or have no equilibrium. */
function init(p: UvaPadovaParameters): UvaPadovaState | ModelRefusal {
  const wrong = Object.entries(p).filter(([, value]) => !(Number.isFinite(value) && value > 0));
  if (wrong.length > 0) return refuse('outside-domain', `${wrong.map(([name]) => name).join(', ')} must be positive.`);
  const plasma = p.Gb * p.Vg;
  const tissue = (p.Fsnc - p.EGPb + p.k1 * plasma) / p.k2;
  if (!(tissue > 0))
    return refuse(
      'outside-domain',
      'These parameters have no equilibrium: more glucose is produced than plasma can pass on.',
    );
  const insulin = p.Ib * p.Vi;
  const skin1 = p.u2ss / (p.ka1 + p.kd);
  const x = [
    0,
    0,
    0,
    plasma,
    tissue,
    insulin,
    0,
    p.Ib,
    p.Ib,
    (p.m2 * insulin) / (p.m1 + p.m30),
    skin1,
    (p.kd * skin1) / p.ka2,
    plasma,
  ];
  return { x, plate: 0, stomachAtMeal: 0, eaten: 0, isEating: false };
}

/** `minutes`: whole, at least 1; inputs are constant within a minute, as in the simulator. Refuses inputs that are negative or no number. */
function step(
  p: UvaPadovaParameters,
  state: UvaPadovaState,
  inputs: UvaPadovaInputs,
  minutes: number,
): UvaPadovaState | ModelRefusal {
  if (!(Number.isInteger(minutes) && minutes >= 1))
    return refuse('outside-domain', 'A step must be a whole number of minutes from 1.');
  const { carbohydrates, bolus, basal } = inputs;
  for (const [name, value] of Object.entries({ carbohydrates, bolus, basal }))
    if (!(value >= 0 && Number.isFinite(value)))
      return refuse('outside-domain', `${name} must be a number that is not negative.`);
  const x = Float64Array.from(state.x);
  const space = workspace(STATES);
  let { plate, stomachAtMeal, eaten, isEating } = state;
  plate += inputs.carbohydrates;
  for (let minute = 0; minute < minutes; minute += 1) {
    const bite = Math.min(EATING_RATE, plate);
    plate -= bite;
    if (bite > 0) {
      if (!isEating) {
        stomachAtMeal = x[0]! + x[1]!;
        eaten = 0;
      }
      eaten += bite;
    }
    isEating = bite > 0;
    const units = inputs.basal / 60 + (minute === 0 ? inputs.bolus : 0);
    const drive: Drive = {
      eating: bite * 1000,
      insulin: (units * PMOL_PER_UNIT) / p.BW,
      meal: stomachAtMeal + eaten * 1000,
    };
    const rates = (at: Float64Array, out: Float64Array): void => derivatives(p, at, drive, out);
    for (let done = 0; done < 1; done += STEP_MINUTES) rungeKutta4(x, STEP_MINUTES, rates, space);
  }
  return { x: [...x], plate, stomachAtMeal, eaten, isEating };
}
