import { useCallback, useMemo, useRef } from 'react';
import uPlot from 'uplot';
import { axisRange } from '../values/axis-range.js';
import { FAN_LEVELS, type Fan } from '../values/fan.js';
import { brokenLine, type Reading } from '../values/readings.js';
import { CURSOR, timeAxes } from './axes.js';
import { backdropHooks, type Backdrop } from './backdrop.js';
import { faded, type Palette } from './palette.js';
import { Plot, type PlotProps } from './plot.js';
import { shapesOf } from './shapes.js';

export interface MeasuredPlotProps extends Pick<PlotProps, 'marked' | 'onPoint'> {
  readonly readings: readonly Reading[];
  readonly fan: Fan | null;
  readonly backdrop: Backdrop;
  /** Ends of the time axis, ms. */
  readonly window: readonly [number, number];
  /** Amounts at a time, such as doses: there is nothing between two of them, so that no line is drawn. */
  readonly isAmount: boolean;
  readonly height: number;
}

const NO_FAN: Fan = { x: [], y: FAN_LEVELS.map(() => []) };
const [LINE, FAN] = [1, 4];

/** Measured values as they are, broken where there are none, with their forecast, limits and target range. */
export function MeasuredPlot(props: MeasuredPlotProps): React.ReactNode {
  const { readings, fan, isAmount, marked, onPoint, height } = props;
  // uPlot asks for ranges and the backdrop whenever it draws: they are those of the newest rendering.
  const newest = useRef(props);
  newest.current = props;

  const data = useMemo(() => {
    const { x, y } = brokenLine(readings);
    const only = (quality: Reading | string): (number | null)[] =>
      readings.map((one) => (one.kind === 'value' && one.quality === quality ? one.value : null));
    const measured = [x, y, only('doubtful'), only('bad')];
    const { x: ahead, y: levels } = fan ?? NO_FAN;
    // 1: a null is a gap. Where only the other table has a time there is nothing (undefined), and the line goes on.
    return uPlot.join(
      [measured as uPlot.AlignedData, [ahead, ...levels] as unknown as uPlot.AlignedData],
      [[1, 1, 1, 1], FAN_LEVELS.map(() => 1).concat(1)],
    );
  }, [readings, fan]);

  const makeOptions = useCallback(
    (palette: Palette) => ({
      ms: 1 as const,
      cursor: CURSOR,
      scales: {
        x: { time: true, range: () => [...newest.current.window] as uPlot.Range.MinMax },
        y: { range: () => verticalRange(newest.current) },
      },
      axes: timeAxes(palette),
      series: [{}, ...measuredSeries(palette, isAmount), ...fanSeries(palette)],
      bands: [
        { series: [FAN + 4, FAN] as uPlot.Band.Bounds, fill: faded(palette.second, 0.16) },
        { series: [FAN + 3, FAN + 1] as uPlot.Band.Bounds, fill: faded(palette.second, 0.3) },
      ],
      hooks: backdropHooks(() => newest.current.backdrop, palette),
    }),
    [isAmount],
  );
  return (
    <Plot
      data={data}
      makeOptions={makeOptions}
      height={height}
      {...(marked === undefined ? {} : { marked })}
      {...(onPoint === undefined ? {} : { onPoint })}
    />
  );
}

function verticalRange({ readings, fan, backdrop, isAmount }: MeasuredPlotProps): uPlot.Range.MinMax {
  const { limits, target } = backdrop;
  const range = axisRange([
    ...readings.map((one) => (one.kind === 'value' ? one.value : null)),
    ...(fan?.y.flat() ?? []),
    ...limits.map(({ value }) => value),
    ...(target === null ? [] : [target.low, target.high]),
    ...(isAmount ? [0] : []),
  ]);
  return range === null ? [0, 1] : [...range];
}

function measuredSeries({ accent, medium, high }: Palette, isAmount: boolean): uPlot.Series[] {
  const marks = (quality: 'doubtful' | 'bad', stroke: string): uPlot.Series => ({
    paths: () => null,
    stroke,
    points: { show: true, paths: shapesOf(quality), stroke, fill: stroke, width: 2 },
  });
  const points = isAmount ? { show: true, size: 8, fill: accent } : { size: 5, fill: accent };
  return [
    { label: String(LINE), stroke: accent, width: 1.5, points, ...(isAmount ? { paths: () => null } : {}) },
    marks('doubtful', medium),
    marks('bad', high),
  ];
}

function fanSeries({ second }: Palette): uPlot.Series[] {
  return FAN_LEVELS.map((level) => ({
    stroke: level === 'mean' ? second : faded(second, 0.5),
    width: level === 'mean' ? 1.5 : 0.5,
    ...(level === 'mean' ? { dash: [6, 4] } : {}),
    points: { show: false },
  }));
}
