import { useId } from 'react';
import type { AlertWithTimeline } from '../../../api/alert.js';
import { fill, strings } from '../../../strings/strings.js';
import { Time } from '../../../times/time.js';

const text = strings.alerts.details;

type Step = AlertWithTimeline['timeline'][number];

/** What happened to an alert, from the first to the newest: each state that was sent, by whom and why. A table, since the alerts are the list. */
export function Timeline({ steps }: { readonly steps: readonly Step[] }): React.ReactNode {
  const heading = useId();
  return (
    <section>
      <h3 id={heading}>{text.timeline}</h3>
      <div className="scrollable" tabIndex={0} role="group" aria-labelledby={heading}>
        <table aria-labelledby={heading}>
          <thead>
            <tr>
              <th scope="col">{text.at}</th>
              <th scope="col">{text.happened}</th>
            </tr>
          </thead>
          <tbody>
            {steps.map((step) => (
              <tr key={step.id}>
                <th scope="row">
                  <Time at={step.at} />
                </th>
                <td>
                  <strong>{text.transitions[step.transition]}</strong>
                  {': '}
                  {strings.alerts.severities[step.alert.severity]}, {strings.alerts.statuses[step.alert.status]}
                  {step.alert.reason !== undefined && `, ${text.reasons[step.alert.reason]}`}
                  <StepDetail step={step} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function StepDetail({ step: { transition, alert } }: { readonly step: Step }): React.ReactNode {
  const { acknowledgedBy, onBehalfOf, note, snoozedUntil, summary } = alert;
  const person = onBehalfOf ?? acknowledgedBy;
  if (transition === 'acknowledged' || transition === 'snoozed')
    return (
      <>
        {person !== undefined && `. ${fill(text.by, { person })}`}
        {transition === 'snoozed' && snoozedUntil !== undefined && (
          <>
            {'. '}
            {strings.alerts.snoozedUntil} <Time at={snoozedUntil} />
          </>
        )}
        {note !== undefined && `. ${note}`}
      </>
    );
  return <>. {summary}</>;
}
