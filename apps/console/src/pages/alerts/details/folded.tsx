import { useQuery } from '@tanstack/react-query';
import { ALERTS } from '../../../announce/use-alerts-fresh.js';
import type { Alert } from '../../../api/alert.js';
import { answerOf, api } from '../../../api/client.js';
import { useRuleTitles } from '../../../api/use-rule-titles.js';
import { strings } from '../../../strings/strings.js';
import { Time } from '../../../times/time.js';

const text = strings.alerts.details;

/** Alerts that were folded into this one or came too soon after it, each with the reason. */
export function Folded({ alert }: { readonly alert: Alert }): React.ReactNode {
  const { id, patient, suppressed = [] } = alert;
  const { data } = useQuery({
    queryKey: [ALERTS, 'suppressed-by', id],
    queryFn: ({ signal }) =>
      answerOf(api.GET('/v1/suppressions', { params: { query: { patient, by: id, limit: 100 } }, signal })),
  });
  const titles = useRuleTitles();
  const items = data?.items ?? [];
  const listed = new Set(items.map(({ rule }) => rule.id));
  const others = suppressed.filter(({ rule }) => !listed.has(rule));
  return (
    <section>
      <h3>{text.folded}</h3>
      {items.length + others.length === 0 ? (
        <p>{text.noneFolded}</p>
      ) : (
        <ul>
          {others.map(({ rule, reason }) => (
            <li key={rule}>
              {titles.get(rule) ?? rule}: {reasonText(reason)}
            </li>
          ))}
          {items.map(({ id: key, rule, reason, severity, effectiveAt }) => (
            <li key={key}>
              {titles.get(rule.id) ?? rule.id} ({strings.alerts.severities[severity]}), <Time at={effectiveAt} />:{' '}
              {reasonText(reason)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function reasonText(reason: string): string {
  const texts: Readonly<Record<string, string>> = text.suppressedReasons;
  return texts[reason] ?? reason;
}
