import { useEffect, useRef } from 'react';
import { Button } from 'react-aria-components';
import type { Alert } from '../../../api/alert.js';
import { fill, strings } from '../../../strings/strings.js';
import { Time } from '../../../times/time.js';
import { asksUseful, type Act, type ActState } from './act-state.js';
import { alertChanges, type Change } from './alert-changes.js';
import type { Acting } from './use-act.js';

interface Props {
  readonly alert: Alert;
  readonly acting: Acting;
}

/** What became of an act: accepted, refused because the alert changed, or failed; and what is asked then. */
export function ActOutcome({ alert, acting }: Props): React.ReactNode {
  const { state } = acting;
  if (asksUseful(state)) return <AskUseful alert={alert} acting={acting} />;
  if (state.step === 'accepted') return <Accepted act={state.act} isShown={alert.sequence > state.seen.sequence} />;
  if (state.step === 'changed') return <Changed state={state} acting={acting} />;
  if (state.step !== 'failed') return null;
  return (
    <div role="alert" className="outcome failed">
      <p>{fill(strings.alerts.actFailed, { act: actName(state.act), reason: state.reason })}</p>
      <Button className="button" onPress={() => acting.again(state)}>
        {strings.shell.tryAgain}
      </Button>
      <Button className="button" onPress={acting.dismiss}>
        {strings.alerts.cancel}
      </Button>
    </div>
  );
}

function AskUseful({ alert, acting }: Props): React.ReactNode {
  const answer = (useful: boolean): void => acting.act({ kind: 'feedback', useful }, alert);
  return (
    <div className="outcome" role="group" aria-label={strings.alerts.wasUseful}>
      <p role="status">{strings.alerts.acknowledgedAsk}</p>
      <Button className="button" onPress={() => answer(true)}>
        {strings.alerts.useful}
      </Button>
      <Button className="button" onPress={() => answer(false)}>
        {strings.alerts.notUseful}
      </Button>
      <Button className="button" onPress={acting.dismiss}>
        {strings.alerts.later}
      </Button>
    </div>
  );
}

/** @param isShown the alert itself says it by now */
function Accepted({ act, isShown }: { readonly act: Act; readonly isShown: boolean }): React.ReactNode {
  if (act.kind === 'snooze' && isShown) return null;
  return (
    <p role="status">
      {act.kind === 'resolve' && strings.alerts.resolveAccepted}
      {act.kind === 'feedback' && (act.useful ? strings.alerts.usefulNoted : strings.alerts.notUsefulNoted)}
      {act.kind === 'snooze' && (
        <>
          {strings.alerts.snoozedUntil} <Time at={act.until} />
        </>
      )}
    </p>
  );
}

interface ChangedProps {
  readonly state: Extract<ActState, { step: 'changed' }>;
  readonly acting: Acting;
}

/** The alert got worse since it was seen: it is shown as it stands, and the person decides again. */
function Changed({ state, acting }: ChangedProps): React.ReactNode {
  const { act, seen, current } = state;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.focus(), []);
  return (
    <div role="alertdialog" aria-label={strings.alerts.changed} className="outcome changed" tabIndex={-1} ref={place}>
      <p>
        <strong>{strings.alerts.changed}</strong> {fill(strings.alerts.changedDetail, { act: actName(act) })}
      </p>
      {/* No list: those of the inbox are alerts. */}
      {alertChanges(seen, current).map((change) => (
        <p key={change.what}>{changeText(change)}</p>
      ))}
      <Button className="button primary" onPress={() => acting.act(act, current)}>
        {fill(strings.alerts.allTheSame, { act: actName(act) })}
      </Button>
      <Button className="button" onPress={acting.dismiss}>
        {strings.alerts.cancel}
      </Button>
    </div>
  );
}

function changeText({ what, before, after }: Change): string {
  const names: Readonly<Record<string, string>> =
    what === 'severity' ? strings.alerts.severities : what === 'status' ? strings.alerts.statuses : {};
  return fill(strings.alerts.changes[what], { before: names[before] ?? before, after: names[after] ?? after });
}

function actName(act: Act): string {
  return act.kind === 'feedback' ? strings.alerts.feedback : strings.alerts[act.kind];
}
