import { useId, useState } from 'react';
import { ToggleButton } from 'react-aria-components';
import { strings } from '../strings/strings.js';
import './charts.css';

interface FigureFrameProps {
  readonly title: string;
  /** What is said to somebody who cannot see the chart. */
  readonly name: string;
  /** Beside the title. */
  readonly newest?: React.ReactNode;
  readonly chart: React.ReactNode;
  readonly reader: React.ReactNode;
  /** Made when it is shown. */
  readonly table: () => React.ReactNode;
  /** Where the values are as CSV. */
  readonly csv: { readonly href: string; readonly file: string };
  readonly notes?: React.ReactNode;
}

/** A chart with what makes it readable for everybody: its name, a reader of values, a table and a file. */
export function FigureFrame(props: FigureFrameProps): React.ReactNode {
  const [isTable, setTable] = useState(false);
  const title = useId();
  return (
    <figure className="chart" aria-labelledby={title}>
      <figcaption>
        <h3 id={title}>{props.title}</h3>
        {props.newest}
      </figcaption>
      <div role="img" aria-label={props.name}>
        {props.chart}
      </div>
      {props.reader}
      {props.notes}
      <div className="chart-acts">
        <ToggleButton className="button" isSelected={isTable} onChange={setTable}>
          {strings.charts.showAsTable}
        </ToggleButton>
        <a className="button" href={props.csv.href} download={props.csv.file}>
          {strings.charts.downloadCsv}
        </a>
      </div>
      {isTable && (
        <div className="scrollable chart-table" tabIndex={0} role="group" aria-labelledby={title}>
          {props.table()}
        </div>
      )}
    </figure>
  );
}
