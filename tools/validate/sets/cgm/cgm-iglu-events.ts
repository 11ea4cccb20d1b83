import { excursions, standing, type GlucoseReading } from '#libs/domain/glucose';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;
const PACE = 5 * MINUTE;
/** iglu interpolates across gaps up to this long. */
const GAP = 45 * MINUTE;

/** Events of its first person that can be read off iglu's reference pages (fetched 2026-11), and beyond which limit, mg/dL. */
const PUBLISHED: readonly { readonly isBeyond: (mgdl: number) => boolean; readonly events: number }[] = [
  { isBeyond: (x) => x < 70, events: 1 },
  { isBeyond: (x) => x < 100, events: 32 },
  { isBeyond: (x) => x > 180, events: 16 },
  { isBeyond: (x) => x > 250, events: 2 },
];

/** Counts of events beside the published ones: of the readings as they are, and interpolated to a grid of 5 min from midnight, as iglu does. */
export function eventCounts(readings: readonly GlucoseReading[]): Readonly<Record<string, number>> {
  const grid = onGrid(readings);
  const equal = (of: readonly GlucoseReading[]): number =>
    PUBLISHED.filter(({ isBeyond, events }) => excursions(standing(of), isBeyond).events === events).length;
  return {
    'cgm_iglu.event_counts_compared': PUBLISHED.length,
    'cgm_iglu.event_counts_equal': equal(readings),
    'cgm_iglu.event_counts_equal_on_its_grid': equal(grid),
    'cgm_iglu.events_under_100': excursions(standing(readings), (x) => x < 100).events,
  };
}

function onGrid(readings: readonly GlucoseReading[]): readonly GlucoseReading[] {
  const grid: GlucoseReading[] = [];
  for (const [i, { t: from, mgdl }] of readings.slice(0, -1).entries()) {
    const next = readings[i + 1]!;
    if (next.t - from > GAP) continue;
    const sinceMidnight = from - Math.floor(from / DAY) * DAY;
    for (let t = from - sinceMidnight + Math.ceil(sinceMidnight / PACE) * PACE; t < next.t; t += PACE)
      grid.push({ t, mgdl: mgdl + ((next.mgdl - mgdl) * (t - from)) / (next.t - from) });
  }
  return grid;
}
