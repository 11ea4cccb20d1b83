import { strings } from '../../strings/strings.js';

export function ForecastsPage(): React.ReactNode {
  return <h1>{strings.pages.forecasts}</h1>;
}
