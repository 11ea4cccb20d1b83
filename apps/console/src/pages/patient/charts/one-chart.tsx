import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Failed } from '../../../app/failed.js';
import { MeasureChart } from '../../../charts/measure-chart.js';
import { fanOf } from '../../../charts/values/fan.js';
import { qualityText, valueText } from '../../../charts/values/reading-texts.js';
import { readingsOf } from '../../../charts/values/readings.js';
import { OldMark } from '../../../live/old-mark.js';
import { fill, strings } from '../../../strings/strings.js';
import { minuteText } from '../../../times/shown-time.js';
import { ShownTime } from '../../../times/time.js';
import { useRefreshed } from '../data/live-patient.js';
import { csvHref } from '../data/csv-address.js';
import { asked, seriesQuery } from '../data/patient-queries.js';
import type { Forecast, LimitsInForce, Measure, TimelineItem, Twin } from '../data/api-types.js';
import { RANGES, rangeText, type Range } from '../data/ranges.js';
import type { View } from '../data/view.js';
import { drawnLimits, targetOf } from './chart-limits.js';
import { ForecastTable } from './forecast-table.js';
import { drawnMarks, itemsOfChart } from './marks.js';
import { Timeline } from './timeline.js';

interface OneChartProps {
  readonly view: View;
  readonly range: Range;
  /** Until when it shows, ms; what is predicted lies behind. */
  readonly end: number;
  readonly now: number;
  readonly measure: Measure;
  readonly newest: Twin['measures'][string] | undefined;
  readonly limits: LimitsInForce | undefined;
  readonly items: readonly TimelineItem[];
  readonly forecast: Forecast | undefined;
}

/** The chart of one measure with all that belongs to it. */
export function OneChart(props: OneChartProps): React.ReactNode {
  const { view, range, end, now, measure, newest, limits, items, forecast } = props;
  const { code, title, unit } = measure;
  const series = useQuery(seriesQuery(view, code, range));
  useRefreshed(view, `${newest?.effectiveAt} ${newest?.recordedAt}`, 'series', code, range);

  const { data } = series;
  const until = Math.max(end, newest === undefined ? 0 : Date.parse(newest.effectiveAt));
  const readings = useMemo(() => {
    if (data === undefined) return [];
    const step = data.usualStepSeconds;
    return readingsOf(data.points, data.gaps, { until: end, openAfterMs: step === null ? null : step * 3_000 });
  }, [data, end]);
  const ownItems = useMemo(() => itemsOfChart(items, code), [items, code]);
  const fan = useMemo(() => {
    if (forecast === undefined) return null;
    const issuedAt = Date.parse(forecast.issuedAt);
    const issued = readings.findLast((one) => one.kind === 'value' && one.at === issuedAt);
    return fanOf(forecast, issued?.kind === 'value' ? issued.value : undefined);
  }, [forecast, readings]);
  // It goes on while nothing comes; of what was known then it is by that time.
  const isStale = newest !== undefined && (newest.stale || isOlderThan(newest.effectiveAt, measure.freshSeconds, end));
  // What is predicted takes a third of the chart at most: the past is what it is for.
  const ahead = Math.min(fan?.x.at(-1) ?? until, until + RANGES[range] / 2);
  const backdrop = {
    target: targetOf(limits?.targets, measure.target, code),
    limits: drawnLimits(limits?.items ?? [], code),
    marks: drawnMarks(ownItems),
    now: fan === null ? null : end,
  };

  if (series.error !== null && data === undefined)
    return <Failed error={series.error} reset={() => void series.refetch()} />;
  return (
    <MeasureChart
      {...{ title, unit, readings, fan, backdrop, now }}
      range={rangeText(range)}
      isLoading={series.isPending}
      newest={newest === undefined ? undefined : { ...newest, at: Date.parse(newest.effectiveAt) }}
      window={[end - RANGES[range], Math.max(until, ahead)]}
      isAmount={measure.group === 'therapy'}
      csv={{ href: csvHref(view, code, asked(view, range)), file: `${view.patient}-${code}.csv` }}
      headline={<Headline newest={newest} now={now} isStale={isStale} isLive={view.knownAt === null} />}
      notes={
        <>
          {series.isPending && <p className="muted">{strings.shell.loading}</p>}
          {data?.rule === 'extremes' && data.bucketSeconds !== null && (
            <p className="muted">
              {fill(strings.patient.extremes, {
                shown: data.points.length,
                count: data.count,
                seconds: Math.round(data.bucketSeconds),
              })}
            </p>
          )}
          {forecast !== undefined && <ForecastNote forecast={forecast} />}
        </>
      }
      moreTables={() => (
        <>
          {forecast !== undefined && <ForecastTable title={title} unit={unit} forecast={forecast} now={now} />}
          <Timeline items={ownItems} now={now} isPart />
        </>
      )}
    />
  );
}

function Headline({
  newest,
  now,
  isStale,
  isLive,
}: Pick<OneChartProps, 'newest' | 'now'> & {
  readonly isStale: boolean;
  readonly isLive: boolean;
}): React.ReactNode {
  if (newest === undefined) return <span>{strings.patient.noValue}</span>;
  return (
    <span className={isStale ? 'newest stale' : 'newest'}>
      <strong>{valueText(newest, newest.unit)}</strong> <ShownTime at={Date.parse(newest.effectiveAt)} now={now} />
      {newest.quality !== 'good' && (
        <span className={`quality-${newest.quality}-text`}> {qualityText({ ...newest, reasons: [] })}</span>
      )}
      {isStale && <span className="stale-word"> {strings.patient.stale}</span>} {isLive && <OldMark />}
    </span>
  );
}

/** @param seconds null: it never is */
function isOlderThan(effectiveAt: string, seconds: number | null, at: number): boolean {
  return seconds !== null && at - Date.parse(effectiveAt) > seconds * 1_000;
}

function ForecastNote({ forecast }: { readonly forecast: Forecast }): React.ReactNode {
  const { issuedAt, model } = forecast;
  return (
    <p className="muted">
      {fill(strings.patient.forecastFrom, { time: minuteText(Date.parse(issuedAt)), model: model.id })}
      {model.status === 'demoted' && ` ${strings.patient.forecastDemoted}`}
    </p>
  );
}
