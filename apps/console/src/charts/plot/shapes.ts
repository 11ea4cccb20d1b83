import uPlot from 'uplot';
import type { Quality } from '../values/readings.js';

/** Paths of points that are no circles: what is not good is shown by its shape, not only by its colour. */
export function shapesOf(quality: Exclude<Quality, 'good'>): uPlot.Series.Points.PathBuilder {
  return (u, series, from, to, filtered) => {
    const path = new Path2D();
    const values = u.data[series];
    const radius = 5 * uPlot.pxRatio;
    for (const i of filtered ?? range(from, to)) {
      const value = values?.[i];
      if (value === null || value === undefined) continue;
      const x = u.valToPos(u.data[0][i]!, 'x', true);
      const y = u.valToPos(value, 'y', true);
      if (quality === 'doubtful') diamond(path, x, y, radius);
      else cross(path, x, y, radius);
    }
    return { stroke: path, fill: quality === 'doubtful' ? path : null, flags: 0 };
  };
}

function diamond(path: Path2D, x: number, y: number, radius: number): void {
  path.moveTo(x, y - radius);
  path.lineTo(x + radius, y);
  path.lineTo(x, y + radius);
  path.lineTo(x - radius, y);
  path.closePath();
}

function cross(path: Path2D, x: number, y: number, radius: number): void {
  path.moveTo(x - radius, y - radius);
  path.lineTo(x + radius, y + radius);
  path.moveTo(x + radius, y - radius);
  path.lineTo(x - radius, y + radius);
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
