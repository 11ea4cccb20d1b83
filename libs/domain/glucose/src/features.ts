import { valueAt, type History } from './history.js';

const MINUTE = 60_000;

/** What an explanation names: each feature belongs to one of these. */
export const FEATURE_GROUPS = [
  'level',
  'recent change',
  'course ahead',
  'falling while low',
  'low in the last half hour',
] as const;
export type FeatureGroup = (typeof FEATURE_GROUPS)[number];

/** Features of the newest reading, in the order of the weights, each with its group. */
export function featuresOf(history: History): readonly (readonly [group: FeatureGroup, value: number])[] | undefined {
  const newest = history.at(-1);
  if (newest === undefined) return undefined;
  const [t, g] = newest;
  const lag = (minutes: number): number | undefined => valueAt(history, t - minutes * MINUTE);
  const [g5, g10, g15, g20, g30] = [lag(5), lag(10), lag(15), lag(20), lag(30)];
  if (g5 === undefined || g10 === undefined || g15 === undefined || g20 === undefined || g30 === undefined)
    return undefined;
  // Without an hour of history its change says nothing.
  const g60 = lag(60) ?? g;
  const features: [FeatureGroup, number][] = [
    ['level', (g - 100) / 30],
    ['level', over(110 - g) / 20],
    ['level', over(85 - g) / 10],
    ['level', over(g - 140) / 40],
    ['recent change', within(g - g5, 15) / 5],
    ['recent change', within(g - g15, 40) / 10],
    ['recent change', within(g - g30, 70) / 20],
    ['recent change', within(g - g60, 120) / 40],
    ['recent change', within(g - g10 - (g10 - g20), 20) / 10],
  ];
  for (const ahead of [15, 30, 45]) {
    for (const slope of [(g - g10) / 10, (g - g20) / 20]) {
      const then = g + within(slope, 4) * ahead;
      features.push(['course ahead', over(100 - then) / 20], ['course ahead', over(70 - then) / 20]);
    }
  }
  features.push(
    ['falling while low', (Math.min(40, over(g15 - g)) / 10) * (over(130 - g) / 40)],
    ['falling while low', (Math.min(80, over(g30 - g)) / 20) * (over(150 - g) / 40)],
    ['falling while low', (Math.min(30, over(g - g15)) / 10) * (over(100 - g) / 20)],
    ['low in the last half hour', over(80 - Math.min(g, g5, g10, g15, g20, g30)) / 10],
  );
  return features;
}

function over(x: number): number {
  return Math.max(0, x);
}

function within(x: number, bound: number): number {
  return Math.min(bound, Math.max(-bound, x));
}
