import { useCallback, useMemo } from 'react';
import uPlot from 'uplot';
import { FONT } from '../charts/plot/axes.js';
import type { Palette } from '../charts/plot/palette.js';
import { Plot } from '../charts/plot/plot.js';
import { cellText } from './table/cell-text.js';
import { Figure } from './figure.js';
import { extent, valuesOf, type FigureData } from './figure-data.js';
import { Legend } from './legend.js';
import { wrapped } from './wrapped.js';

interface Props {
  readonly title: string;
  /** At most two series. */
  readonly data: FigureData<string>;
  readonly notes?: React.ReactNode;
}

/** Room for a name on three lines. */
const ROW_PX = 64;
const AXIS_PX = 40;
const MAX_NAME_PX = 190;
/** Mean width of a character of the axis, and its margin. */
const CHARACTER_PX = 7.5;

/** Figures by name as horizontal bars: names can be long. */
export function BarFigure({ title, data, notes }: Props): React.ReactNode {
  const { rows, series } = data;
  const drawn = useMemo(
    (): uPlot.AlignedData => [rows.map((_, i) => i), ...series.map((_, i) => valuesOf(data, i))],
    [data, rows, series],
  );
  const makeOptions = useCallback((palette: Palette) => optionsOf(data, palette), [data]);
  return (
    <Figure
      title={title}
      data={data}
      chart={
        <Plot
          data={drawn}
          makeOptions={makeOptions}
          height={rows.length * Math.max(ROW_PX, 26 * series.length) + AXIS_PX}
        />
      }
      legend={series.length > 1 && <Legend series={series} kind="bar" />}
      notes={notes}
    />
  );
}

function optionsOf(data: FigureData<string>, palette: Palette): Omit<uPlot.Options, 'width' | 'height'> {
  const { rows, series } = data;
  const { muted, grid, text, accent } = palette;
  const drawn = { ticks: { stroke: grid, width: 1 }, font: FONT };
  const [, high] = extent(data) ?? [0, 1];
  return {
    cursor: { show: false },
    scales: {
      x: { time: false, ori: 1, dir: -1, range: [-0.5, rows.length - 0.5] },
      y: { ori: 0, dir: 1, range: [0, high > 0 ? high * 1.05 : 1] },
    },
    axes: [
      {
        ...drawn,
        side: 3,
        stroke: text,
        size: nameWidth,
        grid: { show: false },
        splits: rows.map((_, i) => i),
        values: (u) => rows.map(({ place }) => wrapped(place, Math.floor(nameWidth(u) / CHARACTER_PX))),
      },
      {
        ...drawn,
        side: 2,
        stroke: muted,
        size: AXIS_PX,
        grid: { stroke: grid, width: 1 },
        values: (_, splits) => splits.map((value) => cellText(value)),
      },
    ],
    series: [
      {},
      ...series.map((_, i): uPlot.Series => {
        const paths = uPlot.paths.bars?.({
          size: [series.length > 1 ? 0.35 : 0.6, 24],
          align: alignOf(i, series.length),
        });
        return {
          ...(paths === undefined ? {} : { paths }),
          stroke: accent,
          width: 1,
          points: { show: false },
          // The second is an outline: told apart without colour.
          ...(i === 0 ? { fill: accent } : {}),
        };
      }),
    ],
  };
}

function nameWidth({ width }: uPlot): number {
  return Math.min(MAX_NAME_PX, width * 0.45);
}

function alignOf(i: number, count: number): -1 | 0 | 1 {
  if (count === 1) return 0;
  return i === 0 ? -1 : 1;
}
