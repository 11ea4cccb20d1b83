import type { Alert } from '../../../api/alert.js';
import { useMeasures } from '../../../api/use-measures.js';
import { reasonText } from '../../../charts/values/reading-texts.js';
import { unitText } from '../../../charts/values/unit-text.js';
import { fill, strings } from '../../../strings/strings.js';
import { shortDuration } from '../../../times/durations.js';
import { Time } from '../../../times/time.js';
import { shownNumber } from './shown-number.js';

const text = strings.alerts.details;

/** Why it fired: in words, the limit and whose it is, the values used, what added up to a score, and what would clear it. */
export function Explanation({ alert }: { readonly alert: Alert }): React.ReactNode {
  const { why, clears, notes = [], missing = [], precision } = alert.explanation;
  const judged = precision.useful + precision.notUseful;
  const nameOf = useInputNames();
  return (
    <section>
      <h3>{text.why}</h3>
      <p>{why}</p>
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      {missing.length > 0 && <p>{fill(text.missing, { inputs: missing.map(nameOf).join(', ') })}</p>}
      <h3>{text.clears}</h3>
      <p>{clears}</p>
      <Limit alert={alert} />
      <Values alert={alert} />
      <Contributions alert={alert} />
      <h3>{text.judged}</h3>
      <p>
        {judged === 0
          ? text.notJudged
          : fill(text.judgedUseful, { useful: precision.useful, judged, share: percent(precision.share ?? 0) })}
      </p>
    </section>
  );
}

function Limit({ alert: { threshold } }: { readonly alert: Alert }): React.ReactNode {
  if (threshold === null) return null;
  const { limit, unit, comparison, layer, owner, reason, expiresAt } = threshold;
  return (
    <>
      <h3>{text.limit}</h3>
      <p>
        {fill(text.limits[comparison], { limit: [shownNumber(limit), unitText(unit)].join(' ').trim() })}{' '}
        {fill(text.layers[layer], { owner })}
        {reason !== undefined && ` ${fill(text.limitReason, { reason })}`}
        {expiresAt !== undefined && (
          <>
            {' '}
            {text.limitExpires} <Time at={expiresAt} />.
          </>
        )}
      </p>
    </>
  );
}

function Values({ alert: { evidence } }: { readonly alert: Alert }): React.ReactNode {
  const measures = useMeasures();
  if (evidence.length === 0) return null;
  return (
    <>
      <h3>{text.values}</h3>
      <div className="scrollable" tabIndex={0} role="region" aria-label={text.values}>
        <table>
          <thead>
            <tr>
              <th scope="col">{text.measure}</th>
              <th scope="col">{text.value}</th>
              <th scope="col">{text.when}</th>
              <th scope="col">{text.age}</th>
              <th scope="col">{text.source}</th>
              <th scope="col">{text.quality}</th>
            </tr>
          </thead>
          <tbody>
            {evidence.map(
              ({ id, code, value, comparator, unit, effectiveAt, ageSeconds, source, quality, ...rest }) => (
                <tr key={id}>
                  <th scope="row">{measures.get(code)?.title ?? code}</th>
                  <td>
                    {comparator} {shownNumber(value)} {unitText(unit)}
                  </td>
                  <td>
                    <Time at={effectiveAt} />
                  </td>
                  <td>{shortDuration(ageSeconds)}</td>
                  <td>{source}</td>
                  <td>
                    {text.qualities[quality]}
                    {rest.qualityReasons !== undefined && ` (${rest.qualityReasons.map(reasonText).join(', ')})`}
                  </td>
                </tr>
              ),
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Contributions({ alert }: { readonly alert: Alert }): React.ReactNode {
  const { contributions = [], intercept, score } = alert.explanation;
  const nameOf = useInputNames();
  if (contributions.length === 0 && score === undefined) return null;
  return (
    <>
      <h3>{text.contributions}</h3>
      <div className="scrollable" tabIndex={0} role="region" aria-label={text.contributions}>
        <table>
          <thead>
            <tr>
              <th scope="col">{text.input}</th>
              <th scope="col">{text.value}</th>
              <th scope="col">{text.contribution}</th>
            </tr>
          </thead>
          <tbody>
            {contributions.map(({ name, value, contribution }) => (
              <tr key={name}>
                <th scope="row">{nameOf(name)}</th>
                <td>{typeof value === 'number' ? shownNumber(value) : (value ?? '')}</td>
                <td>{shownNumber(contribution)}</td>
              </tr>
            ))}
            {intercept !== undefined && (
              <tr>
                <th scope="row">{text.intercept}</th>
                <td />
                <td>{shownNumber(intercept)}</td>
              </tr>
            )}
          </tbody>
          {score !== undefined && (
            <tfoot>
              <tr>
                <th scope="row">{text.score}</th>
                <td />
                <td>{shownNumber(score)}</td>
              </tr>
            </tfoot>
          )}
        </table>
      </div>
    </>
  );
}

/** What an input of a rule or model is called: a measure by its title, others by their name. */
function useInputNames(): (name: string) => string {
  const measures = useMeasures();
  return (name) => measures.get(name)?.title ?? name.replaceAll('-', ' ');
}

function percent(share: number): string {
  return new Intl.NumberFormat(strings.locale, { style: 'percent' }).format(share);
}
