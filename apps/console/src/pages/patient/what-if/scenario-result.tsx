import { numberText } from '../../../charts/values/reading-texts.js';
import { fill, strings } from '../../../strings/strings.js';
import type { Scenario } from '../data/api-types.js';
import { ScenarioChart } from './scenario-chart.js';

const SHARES = new Set(['shareBelow54', 'shareBelow70', 'shareInRange', 'shareAbove180', 'probabilityBelow70']);
const percent = new Intl.NumberFormat(strings.locale, { style: 'percent', maximumFractionDigits: 1 });
const signed = new Intl.NumberFormat(strings.locale, { signDisplay: 'exceptZero', maximumFractionDigits: 1 });
const signedPercent = new Intl.NumberFormat(strings.locale, {
  style: 'percent',
  signDisplay: 'exceptZero',
  maximumFractionDigits: 1,
});

/** The answer to a question of what if: paths, what differs, and what was assumed. */
export function ScenarioResult({ scenario }: { readonly scenario: Scenario }): React.ReactNode {
  const { parameters, differences, assumptions, warnings, disclaimer } = scenario;
  return (
    <div className="scenario" role="region" aria-label={strings.patient.answer}>
      <p role="status">{strings.patient.answered}</p>
      <Texts title={strings.patient.warnings} texts={warnings} />
      <ScenarioChart scenario={scenario} />
      <SummaryTable arms={scenario.arms} />
      <Texts title={strings.patient.differences} texts={differences.map(differenceText)} />
      <p>{strings.patient.parameters[parameters.source]}</p>
      <Texts title={strings.patient.assumptions} texts={assumptions} />
      <p className="muted">{disclaimer}</p>
    </div>
  );
}

function differenceText({ arm, against, summary }: Scenario['differences'][number]): string {
  const [low, high] = summary.interval95 as [number, number];
  return fill(strings.patient.difference, {
    arm,
    against,
    mean: signed.format(summary.mean),
    low: signed.format(low),
    high: signed.format(high),
    minimum: signed.format(summary.minimum),
    share: signedPercent.format(summary.shareBelow70),
  });
}

function Texts({ title, texts }: { readonly title: string; readonly texts: readonly string[] }): React.ReactNode {
  if (texts.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <ul>
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </>
  );
}

function SummaryTable({ arms }: Pick<Scenario, 'arms'>): React.ReactNode {
  const rows = Object.entries(strings.patient.summaryRows) as [
    keyof (typeof strings)['patient']['summaryRows'],
    string,
  ][];
  return (
    <div className="scrollable">
      <table>
        <caption>{strings.patient.summary}</caption>
        <thead>
          <tr>
            <td />
            {arms.map(({ name }) => (
              <th key={name} scope="col">
                <bdi>{name}</bdi>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([key, title]) => (
            <tr key={key}>
              <th scope="row">{title}</th>
              {arms.map(({ name, summary }) => (
                <td key={name}>{SHARES.has(key) ? percent.format(summary[key]) : numberText(summary[key])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
