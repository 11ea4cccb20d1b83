import { strings } from '../../strings/strings.js';

export function AlertsPage(): React.ReactNode {
  return <h1>{strings.pages.alerts}</h1>;
}
