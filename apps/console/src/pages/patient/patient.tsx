import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Failed } from '../../app/failed.js';
import { strings } from '../../strings/strings.js';
import { AsKnownAt } from './as-known-at.js';
import { PatientCharts } from './charts/patient-charts.js';
import { useLabel, useTwin } from './data/live-patient.js';
import type { PatientLabel } from './data/api-types.js';
import { isGone } from './data/patient-queries.js';
import { useSettled, type View } from './data/view.js';
import { Facts } from './facts.js';
import { Monitoring } from './limits/monitoring.js';
import { Thresholds } from './limits/thresholds.js';
import { OpenAlerts } from './open-alerts.js';
import './patient.css';
import { WhatIf } from './what-if/what-if.js';

/** One patient: who it is, what is known, what was alerted, and what is done about it. */
export function PatientPage(): React.ReactNode {
  const { patient } = useParams({ from: '/patients/$patient' });
  // Another patient is another page: nothing of the former may stay, above all no half-filled form.
  return <OnePatient key={patient} patient={patient} />;
}

function OnePatient({ patient }: { readonly patient: string }): React.ReactNode {
  const [chosen, setChosen] = useState<number | null>(null);
  // While the slider moves nothing is asked; back to live is at once.
  const settled = useSettled(chosen, 250);
  const knownAt = chosen === null ? null : settled;
  const view: View = { patient, knownAt };
  const twin = useTwin(view);
  const { label, isHere } = useLabel(patient);

  // Also when there was one a moment ago: values of somebody who was erased must not stay.
  if (!isHere || (isGone(twin.error) && knownAt === null)) return <NotHere patient={patient} />;
  return (
    <div className="patient">
      <PatientHeading patient={patient} label={label} />
      <AsKnownAt firstRecordedAt={label?.firstRecordedAt} chosen={chosen} onChoose={setChosen} />
      {twin.error !== null && <Failed error={twin.error} reset={() => void twin.refetch()} />}
      {twin.data !== undefined && (
        // For a moment after the slider has moved this is not yet what it says.
        <div className="patient-shown" aria-busy={chosen !== knownAt || twin.isPlaceholderData}>
          <div className="patient-top">
            <OpenAlerts alerts={twin.data.alerts} isLive={knownAt === null} />
            <Facts facts={twin.data.facts} />
          </div>
          <PatientCharts view={view} twin={twin.data} />
          <Thresholds view={view} />
          <Monitoring view={view} />
          <WhatIf view={view} />
        </div>
      )}
      {twin.isPending && <p>{strings.shell.loading}</p>}
    </div>
  );
}

function NotHere({ patient }: { readonly patient: string }): React.ReactNode {
  return (
    <div role="alert">
      <h1>
        <bdi>{patient}</bdi>
      </h1>
      <p>{strings.patient.notHere}</p>
      <Link to="/">{strings.patient.backToWard}</Link>
    </div>
  );
}

function PatientHeading({
  patient,
  label,
}: {
  readonly patient: string;
  readonly label: PatientLabel | null;
}): React.ReactNode {
  const { identifier, bed } = label ?? {};
  return (
    <header className="patient-heading">
      <h1>
        <bdi>{label?.name ?? patient}</bdi>
      </h1>
      <p>
        <span className="muted">{strings.patient.identifier}</span> <bdi>{identifier?.value ?? patient}</bdi>
      </p>
      {bed !== null && bed !== undefined && (
        <p>
          <span className="muted">{strings.patient.bed}</span> <bdi>{bed.name}</bdi>
        </p>
      )}
    </header>
  );
}
