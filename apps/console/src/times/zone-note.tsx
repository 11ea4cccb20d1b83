import { fill, strings } from '../strings/strings.js';
import { zoneName } from './shown-time.js';
import { useNow } from './use-now.js';

const HOUR = 3_600_000;

/** Names the zone in which every page shows its times. */
export function ZoneNote(): React.ReactNode {
  const now = useNow(HOUR);
  return <span className="muted">{fill(strings.times.zone, { zone: zoneName(now) })}</span>;
}
