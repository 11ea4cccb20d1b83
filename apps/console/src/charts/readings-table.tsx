import { fill, strings } from '../strings/strings.js';
import { ShownTime } from '../times/time.js';
import { qualityText, valueText } from './values/reading-texts.js';
import type { Reading } from './values/readings.js';

interface ReadingsTableProps {
  readonly title: string;
  readonly range: string;
  readonly unit: string;
  readonly readings: readonly Reading[];
  readonly now: number;
}

/** Every value of a chart with its time and quality, newest first; where there is none, a row says so. */
export function ReadingsTable({ title, range, unit, readings, now }: ReadingsTableProps): React.ReactNode {
  const { time, value, quality, source } = strings.charts.columns;
  return (
    <table>
      <caption>{fill(strings.charts.tableCaption, { title, range })}</caption>
      <thead>
        <tr>
          <th scope="col">{time}</th>
          <th scope="col">{value}</th>
          <th scope="col">{quality}</th>
          <th scope="col">{source}</th>
        </tr>
      </thead>
      <tbody>
        {readings.toReversed().map((reading) => (
          <ReadingRow key={`${reading.kind} ${reading.at} ${sourceOf(reading)}`} {...{ reading, unit, now }} />
        ))}
      </tbody>
    </table>
  );
}

function sourceOf(reading: Reading): string {
  return reading.kind === 'value' ? `${reading.source} ${reading.value}` : '';
}

function ReadingRow({
  reading,
  unit,
  now,
}: { readonly reading: Reading } & Pick<ReadingsTableProps, 'unit' | 'now'>): React.ReactNode {
  if (reading.kind === 'gap')
    return (
      <tr className="no-data">
        <th scope="row">
          <ShownTime at={reading.at} now={now} /> – <ShownTime at={reading.until} now={now} />
        </th>
        <td colSpan={3}>{strings.charts.noData}</td>
      </tr>
    );
  return (
    <tr className={`quality-${reading.quality}`}>
      <th scope="row">
        <ShownTime at={reading.at} now={now} />
      </th>
      <td>{valueText(reading, unit)}</td>
      <td>{qualityText(reading)}</td>
      <td>
        <bdi>{reading.source}</bdi>
      </td>
    </tr>
  );
}
