import { fill, strings } from '../strings/strings.js';
import { viewersZone, zoneName } from './shown-time.js';
import { useNow } from './use-now.js';

const HOUR = 3_600_000;

/** Names the zone in which a page shows its times. */
export function ZoneNote(): React.ReactNode {
  const now = useNow(HOUR);
  return <p className="muted">{fill(strings.times.zone, { zone: zoneName(viewersZone(), now) })}</p>;
}
