import type { AlertWithTimeline } from '../../../api/alert.js';
import { fill, strings } from '../../../strings/strings.js';
import { Time } from '../../../times/time.js';

const text = strings.alerts.details;

type Step = AlertWithTimeline['timeline'][number];

/** What happened to an alert, from the first to the newest: each state that was sent, by whom and why. */
export function Timeline({ steps }: { readonly steps: readonly Step[] }): React.ReactNode {
  return (
    <section>
      <h3>{text.timeline}</h3>
      <ol className="timeline">
        {steps.map((step) => (
          <li key={step.id}>
            <Time at={step.at} /> <strong>{text.transitions[step.transition]}</strong>
            {': '}
            {strings.alerts.severities[step.alert.severity]}, {strings.alerts.statuses[step.alert.status]}
            {step.alert.reason !== undefined && `, ${text.reasons[step.alert.reason]}`}
            <StepDetail step={step} />
          </li>
        ))}
      </ol>
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
