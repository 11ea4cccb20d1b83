import { strings } from '../../strings/strings.js';

export function AlarmQualityPage(): React.ReactNode {
  return <h1>{strings.pages.alarmQuality}</h1>;
}
