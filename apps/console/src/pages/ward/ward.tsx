import { strings } from '../../strings/strings.js';

export function WardPage(): React.ReactNode {
  return <h1>{strings.pages.ward}</h1>;
}
