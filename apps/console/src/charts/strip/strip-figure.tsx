import { useCallback, useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { fill, strings } from '../../strings/strings.js';
import { minuteText, secondText } from '../../times/shown-time.js';
import { FigureFrame } from '../figure-frame.js';
import { CURSOR, timeAxes } from '../plot/axes.js';
import { backdropHooks } from '../plot/backdrop.js';
import type { Palette } from '../plot/palette.js';
import { Plot } from '../plot/plot.js';
import { ReadingsTable } from '../readings-table.js';
import { ValueReader } from '../value-reader.js';
import { axisRange } from '../values/axis-range.js';
import { numberText, readingText, valueText } from '../values/reading-texts.js';
import { brokenLine, nearestReading, type Reading } from '../values/readings.js';

interface StripFigureProps {
  readonly title: string;
  readonly unit: string;
  readonly readings: readonly Reading[];
  readonly isIntervals: boolean;
  readonly window: readonly [number, number];
  /** When the condition of the alert began, ms. */
  readonly onset: number;
  readonly csv: { readonly href: string; readonly file: string };
}

/** Seconds of a wave, or of intervals between beats, around an alert. */
export function StripFigure(props: StripFigureProps): React.ReactNode {
  const { title, unit, readings, isIntervals, window, onset } = props;
  const newest = useRef(props);
  newest.current = props;
  const data = useMemo(() => {
    const { x, y } = brokenLine(readings);
    return [x, y] as unknown as uPlot.AlignedData;
  }, [readings]);
  const makeOptions = useCallback(
    (palette: Palette) => ({
      ms: 1 as const,
      cursor: CURSOR,
      scales: {
        x: { time: true, range: () => [...newest.current.window] as uPlot.Range.MinMax },
        y: { range: () => verticalRange(newest.current.readings) },
      },
      axes: timeAxes(palette),
      series: [{}, { stroke: palette.accent, width: 1, points: { show: isIntervals, size: 5, fill: palette.accent } }],
      hooks: backdropHooks(
        () => ({
          target: null,
          limits: [],
          marks: [{ at: newest.current.onset, kind: 'alert', severity: 'high' }],
          now: newest.current.onset,
        }),
        palette,
      ),
    }),
    [isIntervals],
  );
  const [readAt, setReadAt] = useState<number | null>(null);
  const index = readAt === null ? nearestReading(readings, onset) : nearestReading(readings, readAt);
  const reading = readings[index];
  const place = readAt === null || reading === undefined ? undefined : reading;
  const marked = useMemo(
    () => (place === undefined ? null : { x: place.place, y: place.kind === 'value' ? place.value : null }),
    [place],
  );
  const clock = { now: onset };
  return (
    <FigureFrame
      title={title}
      name={stripName(props)}
      csv={props.csv}
      chart={<Plot {...{ data, makeOptions, marked }} height={180} onPoint={setReadAt} />}
      reader={
        <ValueReader
          count={readings.length}
          text={reading === undefined ? undefined : readingText(reading, unit, clock)}
          {...{ index, title }}
          onRead={(chosen) => setReadAt(readings[chosen]?.place ?? null)}
        />
      }
      table={() => <ReadingsTable {...{ title, unit, readings }} range={minuteText(window[0])} now={onset} />}
    />
  );
}

function verticalRange(readings: readonly Reading[]): uPlot.Range.MinMax {
  const range = axisRange(readings.map((one) => (one.kind === 'value' ? one.value : null)));
  return range === null ? [0, 1] : [...range];
}

function stripName({ title, unit, readings, window, onset }: StripFigureProps): string {
  const values = readings.flatMap((one) => (one.kind === 'value' ? [one.value] : []));
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const [from, to] = window.map((at) => secondText(at, onset)) as [string, string];
  if (values.length === 0) return fill(strings.charts.waveNameEmpty, { title, from, to });
  const range = { low: numberText(low), high: valueText({ value: high }, unit) };
  return fill(strings.charts.waveName, { title, from, to, count: values.length, ...range });
}
