import type { TrendModel } from '#libs/domain/deterioration';
import type { FittedTrend } from './trend-fit.js';

const VERSION = '1.0.0';

/** Four decimals: what is cut off moves a score by less than 0.01. */
function short(value: number): number {
  return Number(value.toFixed(4));
}

/** The model as a source file. */
export function modelSource(model: FittedTrend, bands: TrendModel['bands']): string {
  const known = Object.entries(model.known).map(([name, weight]) => `${JSON.stringify(name)}: ${short(weight)}`);
  const terms = model.terms.map(([weight, average]) => `[${short(weight)}, ${short(average)}]`);
  const band = ({ raise, clear }: TrendModel['bands']['medium']) => `{ raise: ${raise}, clear: ${clear} }`;
  return `/**
 * Weights of the deterioration trend. Written by tools/fit, fitted on all 600 open sepsis2019 stays (PhysioNet/CinC 2019, CC BY 4.0);
 * bands from cross-validated scores. Figures: docs/clinical/rules/deterioration-trend.md.
 */
import type { TrendModel } from '../trend/trend-terms.js';

// oxfmt-ignore
export const DETERIORATION_TREND: TrendModel = {
  version: '${VERSION}',
  intercept: ${short(model.intercept)},
  known: { ${known.join(', ')} },
  terms: [
    ${terms.join(', ').replaceAll(/(.{80,110}?\]), /g, '$1,\n    ')},
  ],
  bands: { medium: ${band(bands.medium)}, high: ${band(bands.high)} },
};
`;
}
