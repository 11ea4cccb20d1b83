import { DataTable } from '../../figures/table/data-table.js';
import { csvHref, csvOf } from '../../figures/table/csv.js';
import { strings } from '../../strings/strings.js';
import { ruleCells, type AlarmQuality } from './quality-figures.js';

const text = strings.alarmQuality;

interface Props {
  readonly quality: AlarmQuality;
  readonly titleOf: (rule: string) => string;
}

/** All figures of all rules, and of all together. */
export function RulesTable({ quality: { rules, total }, titleOf }: Props): React.ReactNode {
  const { columns } = text;
  const rows = [
    ...rules.map(({ rule, ...figures }) => [titleOf(rule), ...ruleCells(figures)]),
    [text.all, ...ruleCells(total)],
  ];
  return (
    <>
      <DataTable caption={text.byRule} columns={columns} rows={rows} />
      <p>
        <a className="button" href={csvHref(csvOf(columns, rows))} download={`${text.byRule}.csv`}>
          {strings.charts.downloadCsv}
        </a>
      </p>
    </>
  );
}
