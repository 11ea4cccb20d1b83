import { numberText } from '../../../charts/values/reading-texts.js';
import { unitText } from '../../../charts/values/unit-text.js';
import { fill, strings } from '../../../strings/strings.js';
import { ShownTime } from '../../../times/time.js';
import type { Forecast } from '../data/api-types.js';

interface ForecastTableProps {
  readonly title: string;
  readonly unit: string;
  readonly forecast: Forecast;
  readonly now: number;
}

/** The fan of a chart as a table. */
export function ForecastTable({ title, unit, forecast, now }: ForecastTableProps): React.ReactNode {
  const { time, mean, inner, outer } = strings.charts.forecastColumns;
  const band = (low: number, high: number): string =>
    fill(strings.charts.band, { low: numberText(low), high: numberText(high) });
  return (
    <table>
      <caption>
        {fill(strings.charts.forecastCaption, { title })} ({unitText(unit)})
      </caption>
      <thead>
        <tr>
          <th scope="col">{time}</th>
          <th scope="col">{mean}</th>
          <th scope="col">{inner}</th>
          <th scope="col">{outer}</th>
        </tr>
      </thead>
      <tbody>
        {forecast.points.map(({ effectiveAt, mean: middle, quantiles }) => (
          <tr key={effectiveAt}>
            <th scope="row">
              <ShownTime at={Date.parse(effectiveAt)} now={now} />
            </th>
            <td>{numberText(middle)}</td>
            <td>{band(quantiles['0.1'], quantiles['0.9'])}</td>
            <td>{band(quantiles['0.025'], quantiles['0.975'])}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
