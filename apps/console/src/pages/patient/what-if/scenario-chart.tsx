import { useCallback, useMemo, useState } from 'react';
import type uPlot from 'uplot';
import { FigureFrame } from '../../../charts/figure-frame.js';
import { CURSOR, timeAxes } from '../../../charts/plot/axes.js';
import { faded, type Palette } from '../../../charts/plot/palette.js';
import { Plot } from '../../../charts/plot/plot.js';
import { ValueReader } from '../../../charts/value-reader.js';
import { numberText } from '../../../charts/values/reading-texts.js';
import { fill, strings } from '../../../strings/strings.js';
import { serverNow } from '../../../times/server-now.js';
import { secondText } from '../../../times/shown-time.js';
import { ShownTime } from '../../../times/time.js';
import type { Scenario } from '../data/api-types.js';
import { scenarioCsv } from './scenario-csv.js';

const LEVELS = ['0.025', '0.1', 'mean', '0.9', '0.975'] as const;

/** The paths of all arms with their bands, as a chart, value by value, as a table and as a file. */
export function ScenarioChart({ scenario }: { readonly scenario: Scenario }): React.ReactNode {
  const { arms, unit } = scenario;
  const times = useMemo(() => arms[0]?.points.map(({ effectiveAt }) => Date.parse(effectiveAt)) ?? [], [arms]);
  const data = useMemo(() => dataOf(times, arms), [times, arms]);
  const count = arms.length;
  const makeOptions = useCallback((palette: Palette) => optionsOf(palette, count), [count]);
  const [index, setIndex] = useState(0);
  const now = serverNow();
  const marked = useMemo(
    () => ({ x: times[index] ?? 0, y: arms[0]?.points[index]?.mean ?? null }),
    [times, arms, index],
  );
  const csv = useMemo(
    () => `data:text/csv;charset=utf-8,${encodeURIComponent(scenarioCsv(arms, 'glucose', unit))}`,
    [arms, unit],
  );
  return (
    <FigureFrame
      title={strings.patient.scenarioChart}
      name={nameOf(scenario, now)}
      newest={<Legend arms={arms} />}
      csv={{ href: csv, file: `what-if-${scenario.patient}.csv` }}
      chart={<Plot {...{ data, makeOptions, marked }} height={260} onPoint={(x) => setIndex(nearest(times, x))} />}
      reader={
        <ValueReader
          count={times.length}
          index={index}
          title={strings.patient.scenarioChart}
          text={readingAt(scenario, index, now)}
          onRead={setIndex}
        />
      }
      notes={<p className="muted">{strings.patient.bands}</p>}
      table={() => <ScenarioTable scenario={scenario} now={now} />}
    />
  );
}

function dataOf(times: readonly number[], arms: Scenario['arms']): uPlot.AlignedData {
  const lines = arms.flatMap(({ points }) =>
    LEVELS.map((level) => points.map(({ mean, quantiles }) => (level === 'mean' ? mean : quantiles[level]))),
  );
  return [[...times], ...lines] as uPlot.AlignedData;
}

function optionsOf(palette: Palette, count: number): Omit<uPlot.Options, 'width' | 'height'> {
  const colours = [palette.accent, palette.second];
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  for (let arm = 0; arm < count; arm++) {
    const colour = colours[arm % colours.length]!;
    const first = 1 + arm * LEVELS.length;
    for (const level of LEVELS)
      series.push({
        stroke: level === 'mean' ? colour : faded(colour, 0.4),
        width: level === 'mean' ? 2 : 0.5,
        // The second arm differs by its dashes as well as by its colour.
        ...(level === 'mean' && arm > 0 ? { dash: [8, 5] } : {}),
        points: { show: false },
      });
    bands.push({ series: [first + 4, first], fill: faded(colour, 0.1) });
    bands.push({ series: [first + 3, first + 1], fill: faded(colour, 0.18) });
  }
  return { ms: 1, cursor: CURSOR, scales: { x: { time: true } }, axes: timeAxes(palette), series, bands };
}

function nearest(times: readonly number[], x: number): number {
  let best = 0;
  for (const [i, at] of times.entries()) if (Math.abs(at - x) < Math.abs(times[best]! - x)) best = i;
  return best;
}

function nameOf({ arms, from }: Scenario, now: number): string {
  const each = arms.map(({ name, points, summary }) =>
    fill(strings.patient.scenarioArm, {
      arm: name,
      end: numberText(points.at(-1)?.mean ?? 0),
      low: numberText(summary.minimum),
      high: numberText(summary.maximum),
    }),
  );
  return fill(strings.patient.scenarioName, { from: secondText(Date.parse(from), now), arms: each.join('; ') });
}

function readingAt({ arms }: Scenario, index: number, now: number): string {
  const at = arms[0]?.points[index]?.effectiveAt;
  if (at === undefined) return strings.charts.nothingToRead;
  const each = arms.map(({ name, points }) => {
    const { mean, quantiles } = points[index]!;
    const [low, high] = [quantiles['0.025'], quantiles['0.975']] as [number, number];
    return fill(strings.patient.scenarioArmReading, {
      arm: name,
      mean: numberText(mean),
      low: numberText(low),
      high: numberText(high),
    });
  });
  return fill(strings.patient.scenarioReading, { time: secondText(Date.parse(at), now), arms: each.join('; ') });
}

function Legend({ arms }: Pick<Scenario, 'arms'>): React.ReactNode {
  return (
    <ul className="legend" aria-label={strings.patient.legend}>
      {arms.map(({ name }, n) => (
        <li key={name}>
          <span className={n === 0 ? 'line solid' : 'line dashed'} aria-hidden />
          <bdi>{name}</bdi>
        </li>
      ))}
    </ul>
  );
}

function ScenarioTable({ scenario, now }: { readonly scenario: Scenario; readonly now: number }): React.ReactNode {
  const { arms } = scenario;
  const { time, mean, inner, outer } = strings.charts.forecastColumns;
  const band = (low = 0, high = 0): string =>
    fill(strings.charts.band, { low: numberText(low), high: numberText(high) });
  return (
    <table>
      <caption>{strings.patient.scenarioChart}, mg/dL</caption>
      <thead>
        <tr>
          <th scope="col">{time}</th>
          {arms.map(({ name }) => [
            <th key={`${name} mean`} scope="col">
              {name}: {mean}
            </th>,
            <th key={`${name} 80`} scope="col">
              {name}: {inner}
            </th>,
            <th key={`${name} 95`} scope="col">
              {name}: {outer}
            </th>,
          ])}
        </tr>
      </thead>
      <tbody>
        {arms[0]?.points.map(({ effectiveAt }, row) => (
          <tr key={effectiveAt}>
            <th scope="row">
              <ShownTime at={Date.parse(effectiveAt)} now={now} />
            </th>
            {arms.map(({ name, points }) => {
              const { mean: middle, quantiles } = points[row]!;
              return [
                <td key={`${name} mean`}>{numberText(middle)}</td>,
                <td key={`${name} 80`}>{band(quantiles['0.1'], quantiles['0.9'])}</td>,
                <td key={`${name} 95`}>{band(quantiles['0.025'], quantiles['0.975'])}</td>,
              ];
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
