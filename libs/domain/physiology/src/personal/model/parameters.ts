import type { IndependentParameters } from '../../uva-padova/parameters.js';

/** Where a parameter takes effect: what has to be simulated again when it changes. */
export type Part = 'stomach' | 'insulin' | 'glucose';

export interface PersonalParameter {
  readonly name: Exclude<keyof IndependentParameters, 'BW' | 'u2ss'>;
  readonly title: string;
  /** UCUM. */
  readonly unit: string;
  readonly part: Part;
  /** Coordinates in which it is fitted: `log` for a positive value, `logit` for a share. */
  readonly scale: 'log' | 'logit';
}

/** What is fitted to a person, in the order of the coordinates. Symbols as in `UvaPadovaParameters`. */
export const PERSONAL_PARAMETERS: readonly PersonalParameter[] = [
  { name: 'EGPb', title: 'production of glucose at rest', unit: 'mg/kg/min', part: 'glucose', scale: 'log' },
  { name: 'Gb', title: 'glucose at rest under the usual basal rate', unit: 'mg/dL', part: 'glucose', scale: 'log' },
  { name: 'Ib', title: 'plasma insulin at rest', unit: 'pmol/L', part: 'insulin', scale: 'log' },
  { name: 'kabs', title: 'absorption from the gut', unit: '/min', part: 'stomach', scale: 'log' },
  { name: 'kmax', title: 'fastest emptying of the stomach', unit: '/min', part: 'stomach', scale: 'log' },
  { name: 'kmin', title: 'slowest emptying of the stomach', unit: '/min', part: 'stomach', scale: 'log' },
  {
    name: 'b',
    title: 'share of a meal at which emptying has slowed by half',
    unit: '1',
    part: 'stomach',
    scale: 'logit',
  },
  {
    name: 'd',
    title: 'share of a meal at which emptying has recovered by half',
    unit: '1',
    part: 'stomach',
    scale: 'logit',
  },
  { name: 'Vg', title: 'volume of glucose', unit: 'dL/kg', part: 'glucose', scale: 'log' },
  { name: 'Vi', title: 'volume of insulin', unit: 'L/kg', part: 'insulin', scale: 'log' },
  {
    name: 'Vmx',
    title: 'effect of insulin on the use of glucose',
    unit: 'mg/kg/min/(pmol/L)',
    part: 'glucose',
    scale: 'log',
  },
  { name: 'Km0', title: 'half saturation of the use of glucose', unit: 'mg/kg', part: 'glucose', scale: 'log' },
  { name: 'k2', title: 'glucose from tissue to plasma', unit: '/min', part: 'glucose', scale: 'log' },
  { name: 'k1', title: 'glucose from plasma to tissue', unit: '/min', part: 'glucose', scale: 'log' },
  { name: 'p2u', title: 'onset of insulin action on tissue', unit: '/min', part: 'insulin', scale: 'log' },
  { name: 'm1', title: 'insulin from liver to plasma', unit: '/min', part: 'insulin', scale: 'log' },
  { name: 'ki', title: 'onset of insulin action on the liver', unit: '/min', part: 'insulin', scale: 'log' },
  { name: 'kp2', title: 'effect of glucose on its production', unit: '/min', part: 'glucose', scale: 'log' },
  {
    name: 'kp3',
    title: 'effect of insulin on the production of glucose',
    unit: 'mg/kg/min/(pmol/L)',
    part: 'glucose',
    scale: 'log',
  },
  { name: 'kd', title: 'insulin between compartments under the skin', unit: '/min', part: 'insulin', scale: 'log' },
  { name: 'ksc', title: 'glucose from plasma to the sensor', unit: '/min', part: 'glucose', scale: 'log' },
  { name: 'ka1', title: 'absorption of insulin, first compartment', unit: '/min', part: 'insulin', scale: 'log' },
  { name: 'ka2', title: 'absorption of insulin, second compartment', unit: '/min', part: 'insulin', scale: 'log' },
];

export const COORDINATES = PERSONAL_PARAMETERS.length;

export function toCoordinate(scale: 'log' | 'logit', value: number): number {
  return scale === 'log' ? Math.log(value) : Math.log(value / (1 - value));
}

export function fromCoordinate(scale: 'log' | 'logit', coordinate: number): number {
  return scale === 'log' ? Math.exp(coordinate) : 1 / (1 + Math.exp(-coordinate));
}

/** Parameters at coordinates, for a person of that weight and basal insulin at rest. */
export function personAt(
  coordinates: ArrayLike<number>,
  about: { readonly BW: number; readonly u2ss: number },
): IndependentParameters {
  const values: Partial<Record<keyof IndependentParameters, number>> = { ...about };
  for (const [index, { name, scale }] of PERSONAL_PARAMETERS.entries())
    values[name] = fromCoordinate(scale, coordinates[index]!);
  return values as IndependentParameters;
}

/** Coordinates with what is known of a person before: log weight and log basal insulin at rest stand first. */
export const PERSONAL_COORDINATES = {
  of: (p: IndependentParameters): readonly number[] => [
    Math.log(p.BW),
    Math.log(p.u2ss),
    ...PERSONAL_PARAMETERS.map(({ name, scale }) => toCoordinate(scale, p[name])),
  ],
} as const;

/** Coordinates of parameters by name; null where one is missing or is no value. */
export function coordinatesOf(estimates: Readonly<Record<string, number>>): Float64Array | null {
  const values = PERSONAL_PARAMETERS.map(({ name, scale }) => toCoordinate(scale, estimates[name] ?? Number.NaN));
  return values.every(Number.isFinite) ? Float64Array.from(values) : null;
}
