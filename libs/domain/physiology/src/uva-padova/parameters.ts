/**
 * Parameters of one person, by the symbols of the papers: Dalla Man, Rizza, Cobelli, IEEE Trans Biomed Eng 2007;54:1740 and Dalla Man et al.,
 * J Diabetes Sci Technol 2014;8:26. Amounts of glucose per kg of body weight; insulin in pmol.
 */
export interface UvaPadovaParameters {
  /** Body weight, kg. */
  readonly BW: number;
  /** Production of glucose at rest, mg/kg/min. */
  readonly EGPb: number;
  /** Plasma glucose at rest, mg/dL. */
  readonly Gb: number;
  /** Plasma insulin at rest, pmol/L. */
  readonly Ib: number;
  /** Absorption from the gut, emptying of the stomach at its fastest and slowest, 1/min. */
  readonly kabs: number;
  readonly kmax: number;
  readonly kmin: number;
  /** Shares of a meal in the stomach at which emptying has slowed and has recovered by half; `b` over `d`. */
  readonly b: number;
  readonly d: number;
  /** Share of carbohydrates that reaches plasma. */
  readonly f: number;
  /** Volume of glucose, dL/kg, and of insulin, L/kg. */
  readonly Vg: number;
  readonly Vi: number;
  /** Exchange of glucose between plasma and tissue, 1/min. */
  readonly k1: number;
  readonly k2: number;
  /** Use of glucose by tissue at insulin at rest, mg/kg/min, and per pmol/L above; half saturation, mg/kg; delay of insulin action, 1/min. */
  readonly Vm0: number;
  readonly Vmx: number;
  readonly Km0: number;
  readonly p2u: number;
  /** Use of glucose by brain and erythrocytes, mg/kg/min. */
  readonly Fsnc: number;
  /** Renal excretion, 1/min, above a threshold, mg/kg. */
  readonly ke1: number;
  readonly ke2: number;
  /** Production of glucose: at no glucose and insulin, mg/kg/min; effect of glucose, 1/min; of insulin, mg/kg/min per pmol/L; delay, 1/min. */
  readonly kp1: number;
  readonly kp2: number;
  readonly kp3: number;
  readonly ki: number;
  /** Exchange of insulin between liver and plasma, degradation in both, 1/min. */
  readonly m1: number;
  readonly m2: number;
  readonly m4: number;
  readonly m30: number;
  /** Insulin under the skin: absorption from both compartments, transfer between them, 1/min. */
  readonly ka1: number;
  readonly ka2: number;
  readonly kd: number;
  /** Delay of glucose under the skin, 1/min. */
  readonly ksc: number;
  /** Insulin given at rest, pmol/kg/min: basal rate in [IU]/min × 6000 / BW. */
  readonly u2ss: number;
}

/** The parameters that determine the others: a person at rest is in equilibrium. */
export type IndependentParameters = Omit<
  UvaPadovaParameters,
  'Vm0' | 'kp1' | 'm2' | 'm4' | 'm30' | 'f' | 'Fsnc' | 'ke1' | 'ke2'
>;

/** The same in all virtual people of the simulator. */
const SHARED = { f: 0.9, Fsnc: 1, ke1: 0.0005, ke2: 339 } as const;

/** Extraction of insulin by the liver at rest (2007 paper, table I). */
const HEPATIC_EXTRACTION = 0.6;

/** All parameters from the independent ones: the equilibrium equations of the 2007 paper (eq. 5, 11, 16) solved for the rest. */
export function completed(p: IndependentParameters): UvaPadovaParameters {
  const plasma = p.Gb * p.Vg;
  const tissue = tissueAtRest(p, plasma);
  const m2 = p.u2ss / (p.Ib * p.Vi);
  return {
    ...p,
    ...SHARED,
    m2,
    m4: 0.4 * m2,
    m30: (HEPATIC_EXTRACTION * p.m1) / (1 - HEPATIC_EXTRACTION),
    kp1: p.EGPb + p.kp2 * plasma + p.kp3 * p.Ib,
    Vm0: ((p.EGPb - SHARED.Fsnc) * (p.Km0 + tissue)) / tissue,
  };
}

/** Glucose in slowly exchanging tissue at rest, mg/kg; not positive where there is no equilibrium. */
function tissueAtRest(p: IndependentParameters, plasma: number): number {
  return (SHARED.Fsnc - p.EGPb + p.k1 * plasma) / p.k2;
}

/** [IU]/h that keep this person at rest. */
export function basalUnitsPerHour({ u2ss, BW }: UvaPadovaParameters): number {
  return (u2ss * BW) / 100;
}
