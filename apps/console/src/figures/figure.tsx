import { FigureFrame } from '../charts/figure-frame.js';
import { fill, strings } from '../strings/strings.js';
import { cellText } from './table/cell-text.js';
import { csvHref, csvOf } from './table/csv.js';
import { DataTable } from './table/data-table.js';
import { extent, tableOf, type FigureData } from './figure-data.js';
import './figures.css';

interface Props {
  readonly title: string;
  readonly data: FigureData;
  readonly chart: React.ReactNode;
  readonly legend?: React.ReactNode;
  readonly notes?: React.ReactNode;
}

/** A chart of figures with its table and its file. */
export function Figure({ title, data, chart, legend, notes }: Props): React.ReactNode {
  const { columns, rows } = tableOf(data);
  const range = extent(data);
  if (range === null)
    return (
      <section className="chart">
        <h3>{title}</h3>
        <p>{strings.figures.empty}</p>
      </section>
    );
  const name = fill(strings.figures.name, {
    title,
    axis: data.axis,
    count: data.rows.length,
    low: cellText(range[0]),
    high: cellText(range[1]),
  });
  return (
    <FigureFrame
      title={title}
      name={name}
      chart={chart}
      reader={legend}
      notes={notes}
      table={() => <DataTable caption={title} columns={columns} rows={rows} />}
      csv={{ href: csvHref(csvOf(columns, rows)), file: `${title}.csv` }}
    />
  );
}
