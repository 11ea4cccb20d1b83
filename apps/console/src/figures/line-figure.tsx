import { useCallback, useMemo } from 'react';
import type uPlot from 'uplot';
import { FONT } from '../charts/plot/axes.js';
import type { Palette } from '../charts/plot/palette.js';
import { Plot } from '../charts/plot/plot.js';
import { cellText } from './table/cell-text.js';
import { Figure } from './figure.js';
import { extent, valuesOf, type FigureData } from './figure-data.js';
import { Legend } from './legend.js';
import { colourOf, DASHES, MAX_LINES } from './line-styles.js';

interface Props {
  readonly title: string;
  /** Rows in rising order of their place. */
  readonly data: FigureData<number>;
  /** What would be right, drawn as a horizontal line. */
  readonly nominal?: number;
  readonly notes?: React.ReactNode;
}

const HEIGHT = 260;

/** Figures over a number, such as the minutes ahead, as lines; the first six series, the table has all. */
export function LineFigure({ title, data, nominal, notes }: Props): React.ReactNode {
  const shown = useMemo(() => ({ ...data, series: data.series.slice(0, MAX_LINES) }), [data]);
  const drawn = useMemo(
    (): uPlot.AlignedData => [
      shown.rows.map(({ place }) => place),
      ...shown.series.map((_, i) => valuesOf(shown, i)),
      ...(nominal === undefined ? [] : [shown.rows.map(() => nominal)]),
    ],
    [shown, nominal],
  );
  const makeOptions = useCallback((palette: Palette) => optionsOf(shown, nominal, palette), [shown, nominal]);
  return (
    <Figure
      title={title}
      data={data}
      chart={<Plot data={drawn} makeOptions={makeOptions} height={HEIGHT} />}
      legend={<Legend series={shown.series} kind="line" />}
      notes={notes}
    />
  );
}

function optionsOf(
  data: FigureData<number>,
  nominal: number | undefined,
  palette: Palette,
): Omit<uPlot.Options, 'width' | 'height'> {
  const { muted, grid } = palette;
  const drawn = { stroke: muted, grid: { stroke: grid, width: 1 }, ticks: { stroke: grid, width: 1 }, font: FONT };
  const places = data.rows.map(({ place }) => place);
  const [first = 0, last = 1] = [places[0], places.at(-1)];
  const margin = Math.max(1, (last - first) * 0.05);
  return {
    cursor: { show: false },
    scales: {
      x: { time: false, range: [first - margin, last + margin] },
      y: { range: rangeOf(data, nominal) },
    },
    axes: [
      { ...drawn, splits: [...places], values: places.map(String), label: data.axis, labelFont: FONT },
      { ...drawn, size: 60, values: (_, splits) => splits.map((value) => cellText(value)) },
    ],
    series: [
      {},
      ...data.series.map((_, i): uPlot.Series => {
        const stroke = colourOf(palette, i);
        return { stroke, width: 2, dash: [...DASHES[i]!], points: { show: true, size: 6, fill: stroke } };
      }),
      ...(nominal === undefined ? [] : [{ stroke: muted, width: 1, points: { show: false } }]),
    ],
  };
}

/** With room above and below, and with the line that would be right. */
function rangeOf(data: FigureData, nominal: number | undefined): [number, number] {
  const [low, high] = extent(data) ?? [0, 1];
  const [from, to] = nominal === undefined ? [low, high] : [Math.min(low, nominal), Math.max(high, nominal)];
  const room = (to - from || Math.abs(to) || 1) * 0.08;
  return [from - room, to + room];
}
