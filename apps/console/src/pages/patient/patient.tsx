import { strings } from '../../strings/strings.js';

export function PatientPage(): React.ReactNode {
  return <h1>{strings.pages.patient}</h1>;
}
