import { useId, useState } from 'react';
import { Button } from 'react-aria-components';
import type { Alert } from '../../api/alert.js';
import type { PatientLabel } from '../../api/use-patient-labels.js';
import { useScope } from '../../app/session.js';
import { fill, strings } from '../../strings/strings.js';
import { shortDuration } from '../../times/durations.js';
import { Time } from '../../times/time.js';
import { useNow } from '../../times/use-now.js';
import { ActOutcome } from './acts/act-outcome.js';
import { AlertActs } from './acts/alert-acts.js';
import { Details } from './details/details.js';
import { PatientName } from './patient-name.js';
import { useAct } from './acts/use-act.js';

interface Props {
  readonly alert: Alert;
  readonly label: PatientLabel | undefined;
  /** Somebody begins to look at it or to do something about it. */
  readonly onEnter: () => void;
}

export function AlertItem({ alert, label, onEnter }: Props): React.ReactNode {
  const { id, rule, patient, severity, status, summary, category } = alert;
  const heading = useId();
  const details = useId();
  const [isOpen, setIsOpen] = useState(false);
  const acting = useAct();
  const mayAct = useScope('alerts.write');
  return (
    <li aria-labelledby={heading} className={`alert ${severity} ${status}`} onFocus={onEnter} onPointerDown={onEnter}>
      <h2 id={heading}>
        <span className={`severity-${severity}`}>{strings.alerts.severityMarks[severity]}</span> {rule.title}
      </h2>
      <p className="facts">
        <span className={`status ${status}`}>{strings.alerts.statuses[status]}</span>
        <PatientName patient={patient} label={label} />
        <Since alert={alert} />
        {category === 'technical' && <span>{strings.alerts.technical}</span>}
      </p>
      <p className="summary">{summary}</p>
      <div className="acts">
        {mayAct && <AlertActs alert={alert} acting={acting} heading={heading} />}
        <Button
          className="button"
          aria-expanded={isOpen}
          aria-controls={details}
          aria-describedby={heading}
          onPress={() => setIsOpen(!isOpen)}
        >
          {strings.alerts.explanation}
        </Button>
      </div>
      <ActOutcome alert={alert} acting={acting} />
      <div id={details}>{isOpen && <Details id={id} />}</div>
    </li>
  );
}

/** How long it waits, until when it is snoozed, by whom it was acknowledged. */
function Since({ alert }: { readonly alert: Alert }): React.ReactNode {
  const { status, raisedAt, resolvedAt, snoozedUntil, acknowledgedBy, recurring } = alert;
  const now = useNow(1_000);
  return (
    <>
      <span>
        {strings.alerts.raised} <Time at={raisedAt} />
      </span>
      {status === 'open' && (
        <span>{fill(strings.alerts.waiting, { duration: shortDuration((now - Date.parse(raisedAt)) / 1_000) })}</span>
      )}
      {status === 'snoozed' && snoozedUntil !== undefined && (
        <strong>
          {strings.alerts.snoozedUntil} <Time at={snoozedUntil} />
        </strong>
      )}
      {acknowledgedBy !== undefined && <span>{fill(strings.alerts.acknowledgedBy, { person: acknowledgedBy })}</span>}
      {resolvedAt !== undefined && (
        <span>
          {strings.alerts.ended} <Time at={resolvedAt} />
        </span>
      )}
      {recurring !== undefined && <span>{fill(strings.alerts.recurring, { count: recurring.count })}</span>}
    </>
  );
}
