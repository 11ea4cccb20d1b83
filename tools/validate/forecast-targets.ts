import type { Target } from './targets.js';

const BARS = [
  { minutes: 30, atLeast: 3 },
  { minutes: 60, atLeast: 4 },
  { minutes: 120, atLeast: 1.5 },
] as const;

const APART =
  'this figure is: rows marked val, later than all that is fitted, of the people fitted on; each forecast knows the file up to its row';

/** Of one set of people with type 1 diabetes: the error of the mean of people beside a ridge regression of each person's own, and how far the bands are off. */
function ofSet(set: string, called: string, missed: readonly string[] = []): readonly Target[] {
  const doubt = (metric: string): { readonly doubt?: true } => (missed.includes(metric) ? { doubt: true } : {});
  return [
    ...BARS.map(({ minutes, atLeast }): Target => {
      const metric = `${set}.forecast.${minutes}.under_ridge_percent`;
      return {
        metric,
        what: `glucose forecast, ${called}, RMSE at ${minutes} min under a ridge regression of each person's own, %`,
        atLeast,
        heldApart: APART,
        ...doubt(metric),
      };
    }),
    {
      metric: `${set}.forecast.coverage_off`,
      what: `glucose forecast, ${called}, 80 and 95 % bands off by at most, points`,
      atMost: 3,
      heldApart: APART,
      ...doubt(`${set}.forecast.coverage_off`),
    },
    {
      metric: `${set}.forecast.worst_person_coverage_off`,
      what: `glucose forecast, ${called}, the same in the worst person`,
      atMost: 6,
      heldApart: APART,
      ...doubt(`${set}.forecast.worst_person_coverage_off`),
    },
  ];
}

export const FORECAST_TARGETS: readonly Target[] = [
  ...ofSet('cgm_loop', 'LOOP'),
  ...ofSet('azt1d', 'AZT1D', ['azt1d.forecast.60.under_ridge_percent']),
  ...ofSet('t1d_uom', 'T1D-UOM', [
    't1d_uom.forecast.30.under_ridge_percent',
    't1d_uom.forecast.60.under_ridge_percent',
  ]),
];
