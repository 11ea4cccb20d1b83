import { useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { ALERTS } from '../../../announce/use-alerts-fresh.js';
import type { Alert } from '../../../api/alert.js';
import { answerOf, api } from '../../../api/client.js';
import { useRuleTitles } from '../../../api/use-rule-titles.js';
import { strings } from '../../../strings/strings.js';
import { Time } from '../../../times/time.js';

const text = strings.alerts.details;

/** Alerts that were folded into this one or came too soon after it, each with the reason; a table, since the alerts are the list. */
export function Folded({ alert }: { readonly alert: Alert }): React.ReactNode {
  const { id, patient, suppressed = [] } = alert;
  const { data } = useQuery({
    queryKey: [ALERTS, 'suppressed-by', id],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/suppressions', { params: { query: { patient, by: id, limit: 100 } }, signal })),
  });
  const titles = useRuleTitles();
  const heading = useId();
  const items = data?.items ?? [];
  const listed = new Set(items.map(({ rule }) => rule.id));
  const others = suppressed.filter(({ rule }) => !listed.has(rule));
  return (
    <section>
      <h3 id={heading}>{text.folded}</h3>
      {items.length + others.length === 0 ? (
        <p>{text.noneFolded}</p>
      ) : (
        <div className="scrollable" tabIndex={0} role="group" aria-labelledby={heading}>
          <table aria-labelledby={heading}>
            <thead>
              <tr>
                <th scope="col">{text.rule}</th>
                <th scope="col">{strings.alerts.severity}</th>
                <th scope="col">{text.at}</th>
                <th scope="col">{text.reason}</th>
              </tr>
            </thead>
            <tbody>
              {others.map(({ rule, reason }) => (
                <tr key={rule}>
                  <th scope="row">{titles.get(rule) ?? rule}</th>
                  <td />
                  <td />
                  <td>{reasonText(reason)}</td>
                </tr>
              ))}
              {items.map(({ id: key, rule, reason, severity, effectiveAt }) => (
                <tr key={key}>
                  <th scope="row">{titles.get(rule.id) ?? rule.id}</th>
                  <td>{strings.alerts.severities[severity]}</td>
                  <td>
                    <Time at={effectiveAt} />
                  </td>
                  <td>{reasonText(reason)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function reasonText(reason: string): string {
  const texts: Readonly<Record<string, string>> = text.suppressedReasons;
  return texts[reason] ?? reason;
}
