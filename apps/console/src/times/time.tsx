import { exactTime, shortTime, viewersZone } from './shown-time.js';
import { useNow } from './use-now.js';

const MINUTE = 60_000;

/** An instant in the viewer's zone; exact, with the zone, in the tooltip. */
export function Time({ at }: { readonly at: string }): React.ReactNode {
  const now = useNow(MINUTE);
  const zone = viewersZone();
  return (
    <time dateTime={at} title={exactTime(at, zone)}>
      {shortTime(at, now, zone)}
    </time>
  );
}
