import type uPlot from 'uplot';
import { tickText } from '../../times/shown-time.js';
import { numberText } from '../values/reading-texts.js';
import type { Palette } from './palette.js';

/** The axes of a chart over time, labelled in the viewer's zone. */
export function timeAxes({ muted, grid }: Palette): uPlot.Axis[] {
  const drawn = { stroke: muted, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: FONT };
  return [
    {
      ...drawn,
      space: 70,
      values: (_, splits, __, ___, incrMs) => splits.map((at) => tickText(at, incrMs)),
    },
    { ...drawn, size: 56, values: (_, splits) => splits.map((value) => numberText(value)) },
  ];
}

export const FONT = '12px system-ui, sans-serif';
/** A cursor that shows where a value is, and neither selects nor zooms. */
export const CURSOR: uPlot.Cursor = { drag: { x: false, y: false, setScale: false }, y: false };
