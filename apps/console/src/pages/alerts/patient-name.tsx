import { Link } from '@tanstack/react-router';
import type { PatientLabel } from '../../api/use-patient-labels.js';
import { fill, strings } from '../../strings/strings.js';

interface Props {
  /** FHIR id. */
  readonly patient: string;
  readonly label: PatientLabel | undefined;
}

/** Who the patient is and where; names are isolated, so that one written from right to left does not move what stands beside it. */
export function PatientName({ patient, label }: Props): React.ReactNode {
  return (
    <>
      <Link to="/patients/$patient" params={{ patient }}>
        <bdi>{label?.name ?? fill(strings.alerts.ofPatient, { patient })}</bdi>
      </Link>
      {label?.identifier != null && <bdi className="identifier">{label.identifier.value}</bdi>}
      {label?.bed != null && <bdi>{label.bed.name}</bdi>}
    </>
  );
}
