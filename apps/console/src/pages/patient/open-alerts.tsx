import { Link } from '@tanstack/react-router';
import { OldMark } from '../../live/old-mark.js';
import { strings } from '../../strings/strings.js';
import type { Twin } from './data/api-types.js';
import { Time } from '../../times/time.js';

const ORDER = { high: 0, medium: 1, low: 2 } as const;

/** Episodes that are not over, the highest severity first. */
export function OpenAlerts({
  alerts,
  isLive,
}: {
  readonly alerts: Twin['alerts'];
  readonly isLive: boolean;
}): React.ReactNode {
  const sorted = alerts.toSorted(
    (a, b) => ORDER[a.severity] - ORDER[b.severity] || a.raisedAt.localeCompare(b.raisedAt),
  );
  return (
    <section aria-labelledby="open-alerts">
      <h2 id="open-alerts">{strings.patient.openAlerts}</h2>
      {isLive && <OldMark />}
      {alerts.length === 0 && <p>{strings.patient.noOpenAlerts}</p>}
      <ul className="alerts" aria-labelledby="open-alerts">
        {sorted.map((alert) => (
          <li key={alert.id}>
            <span className={`severity-${alert.severity}`}>{strings.patient.severity[alert.severity]}</span>{' '}
            <strong>{alert.rule.title}</strong>, {strings.patient.status[alert.status]}, {strings.patient.sinceWord}{' '}
            <Time at={alert.effectiveAt} />
            <p>{alert.summary}</p>
          </li>
        ))}
      </ul>
      {alerts.length > 0 && <Link to="/alerts">{strings.patient.allAlerts}</Link>}
    </section>
  );
}
