import { useMemo, useState } from 'react';
import { FigureFrame } from './figure-frame.js';
import { MeasuredPlot, type MeasuredPlotProps } from './plot/measured-plot.js';
import { ReadingsTable } from './readings-table.js';
import { ValueReader } from './value-reader.js';
import { chartName, type NamedChart } from './values/chart-name.js';
import { readingText } from './values/reading-texts.js';
import { nearestReading } from './values/readings.js';

interface MeasureChartProps
  extends
    Pick<NamedChart, 'title' | 'unit' | 'newest' | 'range' | 'readings' | 'isLoading'>,
    Pick<MeasuredPlotProps, 'fan' | 'backdrop' | 'window' | 'isAmount'> {
  readonly csv: { readonly href: string; readonly file: string };
  /** Beside the title. */
  readonly headline: React.ReactNode;
  readonly notes?: React.ReactNode;
  /** Behind the table of values: the forecast, alerts and acts in words. */
  readonly moreTables?: () => React.ReactNode;
  /** The server's clock, ms. */
  readonly now: number;
}

/** One measure over time, for eyes, ears and hands: drawn, named, read value by value, as a table and as a file. */
export function MeasureChart(props: MeasureChartProps): React.ReactNode {
  const { title, unit, range, readings, now, newest, isLoading = false } = props;
  // The time that is read, not its place: values that arrive meanwhile do not move it.
  const [readAt, setReadAt] = useState<number | null>(null);
  const index = readAt === null ? readings.length - 1 : nearestReading(readings, readAt);
  const reading = readings[index];
  const marked = useMemo(() => {
    if (readAt === null || reading === undefined) return null;
    return { x: reading.place, y: reading.kind === 'value' ? reading.value : null };
  }, [readAt, reading]);
  return (
    <FigureFrame
      title={title}
      name={chartName({ title, unit, newest, readings, range, isLoading }, { now })}
      newest={props.headline}
      csv={props.csv}
      notes={props.notes}
      chart={
        <MeasuredPlot
          {...{ readings, marked }}
          fan={props.fan}
          backdrop={props.backdrop}
          window={props.window}
          isAmount={props.isAmount}
          height={220}
          onPoint={setReadAt}
        />
      }
      reader={
        <ValueReader
          count={readings.length}
          text={reading === undefined ? undefined : readingText(reading, unit, { now })}
          {...{ index, title }}
          onRead={(chosen) => setReadAt(readings[chosen]?.place ?? null)}
        />
      }
      table={() => (
        <>
          <ReadingsTable {...{ title, range, unit, readings, now }} />
          {props.moreTables?.()}
        </>
      )}
    />
  );
}
