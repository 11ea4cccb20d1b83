import { strings } from '../../strings/strings.js';

export function OperationsPage(): React.ReactNode {
  return <h1>{strings.pages.operations}</h1>;
}
