import type { UvaPadovaParameters } from './parameters.js';

/** Number of states, in order: stomach solid and liquid, gut (mg); glucose in plasma, tissue (mg/kg); insulin in plasma (pmol/kg); insulin action
 * (pmol/L); delayed insulin 1 and 2 (pmol/L); insulin in liver, under the skin 1 and 2 (pmol/kg); glucose under the skin (mg/kg). */
export const STATES = 13;

/** What enters during one step. */
export interface Drive {
  /** Carbohydrates eaten, mg/min. */
  readonly eating: number;
  /** Insulin, pmol/kg/min. */
  readonly insulin: number;
  /** What lay in the stomach when the meal began and what was eaten since, mg; 0: no meal yet. */
  readonly meal: number;
}

/**
 * Time derivatives of all states per min, written into `out`. Equations of the 2007 and 2014 papers in the form of simglucose (`T1DPatient.model`): states that are
 * amounts do not fall further once negative.
 */
export function derivatives(
  p: UvaPadovaParameters,
  x: Float64Array,
  { eating, insulin, meal }: Drive,
  out: Float64Array,
): void {
  const solid = x[0]!;
  const liquid = x[1]!;
  const gut = x[2]!;
  const plasma = x[3]!;
  const tissue = x[4]!;
  const emptying = emptyingRate(p, solid + liquid, meal);
  out[0] = -p.kmax * solid + eating;
  out[1] = p.kmax * solid - emptying * liquid;
  out[2] = emptying * liquid - p.kabs * gut;
  const appearance = (p.f * p.kabs * gut) / p.BW;
  const production = Math.max(0, p.kp1 - p.kp2 * plasma - p.kp3 * x[8]!);
  const excretion = Math.max(0, p.ke1 * (plasma - p.ke2));
  const use = ((p.Vm0 + p.Vmx * x[6]!) * tissue) / (p.Km0 + tissue);
  out[3] = plasma < 0 ? 0 : production + appearance - p.Fsnc - excretion - p.k1 * plasma + p.k2 * tissue;
  out[4] = tissue < 0 ? 0 : -use + p.k1 * plasma - p.k2 * tissue;
  const [inPlasma, inLiver, skin1, skin2] = [x[5]!, x[9]!, x[10]!, x[11]!];
  out[5] = inPlasma < 0 ? 0 : -(p.m2 + p.m4) * inPlasma + p.m1 * inLiver + p.ka1 * skin1 + p.ka2 * skin2;
  const concentration = inPlasma / p.Vi;
  out[6] = p.p2u * (concentration - p.Ib - x[6]!);
  out[7] = p.ki * (concentration - x[7]!);
  out[8] = p.ki * (x[7]! - x[8]!);
  out[9] = inLiver < 0 ? 0 : -(p.m1 + p.m30) * inLiver + p.m2 * inPlasma;
  out[10] = skin1 < 0 ? 0 : insulin - (p.ka1 + p.kd) * skin1;
  out[11] = skin2 < 0 ? 0 : p.kd * skin1 - p.ka2 * skin2;
  out[12] = x[12]! < 0 ? 0 : p.ksc * (plasma - x[12]!);
}

/** Less than this of a meal, mg, is none: what it would be divided by underflows. */
const SMALLEST_MEAL = 1e-6;

/** Emptying of the stomach, 1/min: fast when full and when nearly empty, slow between (2007 paper, eq. 9). */
export function emptyingRate(p: UvaPadovaParameters, inStomach: number, meal: number): number {
  if (meal < SMALLEST_MEAL) return p.kmax;
  const falling = hyperbolicTangent((5 / (2 * meal * (1 - p.b))) * (inStomach - p.b * meal));
  const rising = hyperbolicTangent((5 / (2 * meal * p.d)) * (inStomach - p.d * meal));
  return p.kmin + ((p.kmax - p.kmin) / 2) * (falling - rising + 2);
}

/** By one exponential: absolute error under 1e-15, a third of the time of `Math.tanh`, which is exact for small arguments too. */
function hyperbolicTangent(x: number): number {
  return 1 - 2 / (1 + Math.exp(2 * x));
}
