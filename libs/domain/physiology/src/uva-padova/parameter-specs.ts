import type { ParameterSpec } from '#libs/domain/forecasting';
import type { IndependentParameters } from './parameters.js';

/** Beyond this many standard deviations of the public virtual people nothing is known of the model. */
const BOUND_SD = 4;

/**
 * The independent parameters with their distribution over the public virtual people of simglucose (MIT): mean and standard deviation of the logarithm, of
 * shares of the logit.
 */
// oxfmt-ignore
export const UVA_PADOVA_PARAMETERS: readonly ParameterSpec[] = [
  spec('BW', 'body weight', 'kg', 'log', 3.82, 0.325),
  spec('EGPb', 'production of glucose at rest', 'mg/kg/min', 'log', 1.02, 0.204),
  spec('Gb', 'plasma glucose at rest', 'mg/dL', 'log', 4.95, 0.04),
  spec('Ib', 'plasma insulin at rest', 'pmol/L', 'log', 4.65, 0.132),
  spec('kabs', 'absorption from the gut', '/min', 'log', -2.02, 0.938),
  spec('kmax', 'fastest emptying of the stomach', '/min', 'log', -3.33, 0.503),
  spec('kmin', 'slowest emptying of the stomach', '/min', 'log', -4.83, 0.449),
  spec('b', 'share of a meal at which emptying has slowed by half', '1', 'logit', 1.2, 0.783),
  spec('d', 'share of a meal at which emptying has recovered by half', '1', 'logit', -1.65, 0.462),
  spec('Vg', 'volume of glucose', 'dL/kg', 'log', 0.608, 0.0554),
  spec('Vi', 'volume of insulin', 'L/kg', 'log', -2.92, 0.237),
  spec('k1', 'glucose from plasma to tissue', '/min', 'log', -2.77, 0.324),
  spec('k2', 'glucose from tissue to plasma', '/min', 'log', -2.13, 0.427),
  spec('Vmx', 'effect of insulin on the use of glucose', 'mg/kg/min/(pmol/L)', 'log', -2.78, 0.603),
  spec('Km0', 'half saturation of the use of glucose', 'mg/kg', 'log', 5.42, 0.0911),
  spec('p2u', 'onset of insulin action on tissue', '/min', 'log', -3.22, 0.443),
  spec('kp2', 'effect of glucose on its production', '/min', 'log', -5.45, 0.634),
  spec('kp3', 'effect of insulin on the production of glucose', 'mg/kg/min/(pmol/L)', 'log', -4.59, 0.486),
  spec('ki', 'onset of insulin action on the liver', '/min', 'log', -4.79, 0.624),
  spec('m1', 'insulin from liver to plasma', '/min', 'log', -1.58, 0.386),
  spec('ka1', 'absorption of insulin, first compartment', '/min', 'log', -5.51, 0.356),
  spec('ka2', 'absorption of insulin, second compartment', '/min', 'log', -4.02, 0.37),
  spec('kd', 'insulin between compartments under the skin', '/min', 'log', -4.09, 0.114),
  spec('ksc', 'glucose from plasma to the sensor', '/min', 'log', -2.46, 0.28),
  spec('u2ss', 'insulin given at rest', 'pmol/kg/min', 'log', 0.32, 0.268),
];

function spec(
  name: keyof IndependentParameters,
  title: string,
  unit: string,
  scale: 'log' | 'logit',
  mean: number,
  sd: number,
): ParameterSpec {
  const value = (x: number): number => (scale === 'log' ? Math.exp(x) : 1 / (1 + Math.exp(-x)));
  return {
    name,
    title,
    unit,
    minimum: value(mean - BOUND_SD * sd),
    maximum: value(mean + BOUND_SD * sd),
    prior: `${scale === 'log' ? 'LogNormal' : 'LogitNormal'}(${mean}, ${sd})`,
    typical: value(mean),
  };
}
