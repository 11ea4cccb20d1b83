/** Zones of clinical risk of a glucose value that was estimated, from A (no effect on what is done) to E (the opposite of what is right is done). */
export const ZONES = ['A', 'B', 'C', 'D', 'E'] as const;
export type Zone = (typeof ZONES)[number];

/**
 * Clarke error grid; both in mg/dL, `reference` what was measured. Boundaries: Clarke et al., Diabetes Care 1987;10:622, in the usual numeric form (the lines of zone C
 * are reference + 110 and 7/5 · reference − 182, the corner of upper D is 175/3). Zones are tried in the order A, E, C, D, B, boundaries included.
 */
export function clarkeZone(reference: number, estimate: number): Zone {
  if ((reference <= 70 && estimate <= 70) || Math.abs(estimate - reference) <= 0.2 * reference) return 'A';
  if ((reference >= 180 && estimate <= 70) || (reference <= 70 && estimate >= 180)) return 'E';
  if (reference >= 70 && reference <= 290 && estimate >= reference + 110) return 'C';
  if (reference >= 130 && reference <= 180 && estimate <= (7 / 5) * reference - 182) return 'C';
  const isBetween = estimate >= 70 && estimate <= 180;
  if (reference >= 240 && isBetween) return 'D';
  if (reference <= 175 / 3 && isBetween) return 'D';
  if (reference > 175 / 3 && reference <= 70 && estimate >= (6 / 5) * reference) return 'D';
  return 'B';
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const line = (...points: readonly (readonly [x: number, y: number])[]): readonly Point[] =>
  points.map(([x, y]) => ({ x, y }));

/** Worst first: estimates above the line are in this zone or worse. */
const UPPER: readonly { readonly zone: Zone; readonly line: readonly Point[] }[] = [
  { zone: 'E', line: line([0, 150], [35, 155], [50, 550]) },
  { zone: 'D', line: line([0, 100], [25, 100], [50, 125], [80, 215], [125, 550]) },
  { zone: 'C', line: line([0, 60], [30, 60], [50, 80], [70, 110], [260, 550]) },
  { zone: 'B', line: line([0, 50], [30, 50], [140, 170], [280, 380], [430, 550]) },
];

/** Worst first: references beyond the first point with estimates below the line are in this zone or worse. */
const LOWER: readonly { readonly zone: Zone; readonly line: readonly Point[] }[] = [
  { zone: 'D', line: line([250, 40], [550, 150]) },
  { zone: 'C', line: line([120, 30], [260, 130], [550, 250]) },
  { zone: 'B', line: line([50, 30], [170, 145], [385, 300], [550, 450]) },
];

/**
 * Parkes (consensus) error grid for type 1 diabetes; both in mg/dL. Boundaries: Parkes et al., Diabetes Care 2000;23:1143, coordinates of Pfützner et al.,
 * J Diabetes Sci Technol 2013;7:1275, table 1; the last segment of each line goes on. A point on a line gets the milder zone.
 */
export function parkesZone(reference: number, estimate: number): Zone {
  for (const { zone, line: points } of UPPER) if (estimate > heightAt(points, reference)) return zone;
  for (const { zone, line: points } of LOWER)
    if (reference > points[0]!.x && estimate < heightAt(points, reference)) return zone;
  return 'A';
}

function heightAt(points: readonly Point[], x: number): number {
  let i = 1;
  while (i < points.length - 1 && x > points[i]!.x) i++;
  const [left, right] = [points[i - 1]!, points[i]!];
  return left.y + ((x - left.x) / (right.x - left.x)) * (right.y - left.y);
}
