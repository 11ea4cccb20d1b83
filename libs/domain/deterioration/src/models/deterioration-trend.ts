/**
 * Weights of the deterioration trend. Written by tools/fit, fitted on all 600 open sepsis2019 stays (PhysioNet/CinC 2019, CC BY 4.0);
 * bands from cross-validated scores. Figures: docs/clinical/rules/deterioration-trend.md.
 */
import type { TrendModel } from '../trend/trend-terms.js';

// oxfmt-ignore
export const DETERIORATION_TREND: TrendModel = {
  version: '1.0.0',
  intercept: -3.9243,
  known: { "inspired-oxygen": 0.5176, "ph": 0.1981, "paco2": 0.2046, "lactate": 0.4241, "bilirubin": 0.2506 },
  terms: [
    [0.0441, 0.6354], [0, 0.6124], [0, 0.735], [0.0192, 0.313], [0.0807, 0.5785], [0.1755, 0.4978],
    [0.0122, 0.7837], [0, 0.4568], [0.2431, 0.2406], [0.1295, 0.2709], [0.1941, 0.3309],
    [0.1308, 0.3773], [0.2718, 0.2629], [0.0076, 0.4845], [0.0566, 0.3648], [0, 0.4318],
    [0, 0.5339], [0, 0.3108], [0.0502, 0.4039], [0.0834, 0.3179], [0, 0.5599], [0.0632, 0.1965],
    [0, 0.4162], [0.0713, 1.0067], [0.0752, 0.3351], [0.3149, 0.318], [0.082, 0.2788],
    [0.3646, 0.7225], [0.6405, 0.2159], [0.0981, 0.6012], [0, 0.1941], [0.0481, 0.3071],
    [0, 0.0177], [0.0808, 0.5885], [0.8642, 0.1637], [0.4173, 0.6736], [0.0459, 0.5385],
    [0.169, 0.0431], [0.0614, 0.4365],
  ],
  bands: { medium: { raise: -2.3, clear: -2.8 }, high: { raise: -1.5, clear: -2 } },
};
