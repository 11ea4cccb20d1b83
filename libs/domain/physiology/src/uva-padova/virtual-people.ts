import { completed, type UvaPadovaParameters } from './parameters.js';

/**
 * Virtual people for the demo and for tests. `adult`, `adolescent` and `child` are geometric means over the public virtual people of simglucose (MIT) of that
 * group, rounded to three digits (shares: means of the logit); the other two adults are moved from `adult` by the shares given. None is a person of that table.
 */
const ADULT = {
  BW: 78.3,
  EGPb: 2.42,
  Gb: 145,
  Ib: 98.9,
  kabs: 0.116,
  kmax: 0.0389,
  kmin: 0.00453,
  b: 0.705,
  d: 0.194,
  Vg: 1.88,
  Vi: 0.0543,
  Vmx: 0.0385,
  Km0: 249,
  k2: 0.115,
  k1: 0.0623,
  p2u: 0.0305,
  m1: 0.184,
  ki: 0.00609,
  kp2: 0.00393,
  kp3: 0.00876,
  kd: 0.0172,
  ksc: 0.0897,
  ka1: 0.00319,
  ka2: 0.0139,
  u2ss: 1.38,
} as const;

const ADOLESCENT = {
  BW: 44.3,
  EGPb: 3.16,
  Gb: 143,
  Ib: 102,
  kabs: 0.108,
  kmax: 0.0366,
  kmin: 0.00888,
  b: 0.771,
  d: 0.178,
  Vg: 1.8,
  Vi: 0.0562,
  Vmx: 0.0502,
  Km0: 219,
  k2: 0.141,
  k1: 0.0571,
  p2u: 0.0304,
  m1: 0.193,
  ki: 0.0119,
  kp2: 0.0061,
  kp3: 0.00962,
  kd: 0.0167,
  ksc: 0.0849,
  ka1: 0.0042,
  ka2: 0.0185,
  u2ss: 1.67,
} as const;

const CHILD = {
  BW: 36.2,
  EGPb: 2.63,
  Gb: 139,
  Ib: 109,
  kabs: 0.175,
  kmax: 0.0335,
  kmin: 0.00963,
  b: 0.794,
  d: 0.132,
  Vg: 1.85,
  Vi: 0.0517,
  Vmx: 0.0962,
  Km0: 223,
  k2: 0.102,
  k1: 0.0694,
  p2u: 0.0596,
  m1: 0.231,
  ki: 0.00683,
  kp2: 0.00313,
  kp3: 0.0115,
  kd: 0.0167,
  ksc: 0.0844,
  ka1: 0.00435,
  ka2: 0.0199,
  u2ss: 1.13,
} as const;

export type VirtualPersonName = 'adult' | 'adult-sensitive' | 'adult-resistant' | 'adolescent' | 'child';

export const VIRTUAL_PEOPLE: Readonly<Record<VirtualPersonName, UvaPadovaParameters>> = {
  adult: completed(ADULT),
  /** Insulin acts by 40 % more on tissue and liver; meals pass faster. */
  'adult-sensitive': completed({
    ...ADULT,
    BW: 64,
    Gb: 138,
    Vmx: ADULT.Vmx * 1.4,
    kp3: ADULT.kp3 * 1.4,
    kmax: ADULT.kmax * 1.2,
    kmin: ADULT.kmin * 1.5,
    u2ss: 1.25,
  }),
  /** Insulin acts by a quarter less; meals pass slower. */
  'adult-resistant': completed({
    ...ADULT,
    BW: 96,
    Gb: 150,
    Vmx: ADULT.Vmx * 0.75,
    kp3: ADULT.kp3 * 0.75,
    kmax: ADULT.kmax * 0.8,
    u2ss: 1.55,
  }),
  adolescent: completed(ADOLESCENT),
  child: completed(CHILD),
};
