import { useMemo } from 'react';
import { csvHref, csvOf } from '../../figures/table/csv.js';
import { DataTable } from '../../figures/table/data-table.js';
import { LineFigure } from '../../figures/line-figure.js';
import { fill, strings } from '../../strings/strings.js';
import { byHorizon, scoreCells, type Score } from './score-figures.js';

const text = strings.forecasts;

interface Props {
  readonly title: string;
  /** UCUM; empty until it is known. */
  readonly unit: string;
  readonly code: string;
  /** Of all measures. */
  readonly scores: readonly Score[];
}

/** Skill, coverage and error of the forecasts of one measure. */
export function Scores({ title, unit, code, scores }: Props): React.ReactNode {
  const own = useMemo(() => scores.filter((score) => score.code === code), [scores, code]);
  const figures = useMemo(
    () => ({
      persistence: byHorizon(own, text.horizon, ({ skill }) => skill?.persistence ?? null),
      population: byHorizon(own, text.horizon, ({ skill }) => skill?.['population-mean'] ?? null),
      inside80: byHorizon(own, text.horizon, ({ coverage }) => coverage?.['0.8'] ?? null),
      inside95: byHorizon(own, text.horizon, ({ coverage }) => coverage?.['0.95'] ?? null),
      rmse: byHorizon(own, text.horizon, ({ rmse }) => rmse),
      crps: byHorizon(own, text.horizon, ({ crps }) => crps),
    }),
    [own],
  );
  const rows = own.map(scoreCells);
  const table = fill(text.ledger, { measure: title, unit });
  return (
    <>
      <div className="figures">
        <h2 className="visually-hidden">{strings.figures.charts}</h2>
        <LineFigure title={text.skillPersistence} data={figures.persistence} nominal={0} notes={note(text.skillNote)} />
        <LineFigure title={text.skillPopulation} data={figures.population} nominal={0} notes={note(text.skillNote)} />
        <LineFigure title={text.coverage80} data={figures.inside80} nominal={0.8} notes={note(text.coverageNote)} />
        <LineFigure title={text.coverage95} data={figures.inside95} nominal={0.95} notes={note(text.coverageNote)} />
        <LineFigure title={fill(text.rmse, { unit })} data={figures.rmse} />
        <LineFigure title={fill(text.crps, { unit })} data={figures.crps} />
      </div>
      <h2>{table}</h2>
      <DataTable caption={table} columns={text.columns} rows={rows} />
      <p>
        <a className="button" href={csvHref(csvOf(text.columns, rows))} download={`${table}.csv`}>
          {strings.charts.downloadCsv}
        </a>
      </p>
    </>
  );
}

function note(words: string): React.ReactNode {
  return <p className="muted">{words}</p>;
}
