import { exactText, secondText, timeText } from './shown-time.js';
import { useNow } from './use-now.js';

const MINUTE = 60_000;

/** An instant in the viewer's zone, to the minute; exact, with the zone, in the tooltip. */
export function Time({ at }: { readonly at: string | number }): React.ReactNode {
  const now = useNow(MINUTE);
  return <Instant at={at} text={timeText(at, now)} />;
}

/** The same to the second, for what was measured. `now`: of the server's clock, ms; it decides whether the date is shown. */
export function ShownTime({ at, now }: { readonly at: string | number; readonly now: number }): React.ReactNode {
  return <Instant at={at} text={secondText(at, now)} />;
}

function Instant({ at, text }: { readonly at: string | number; readonly text: string }): React.ReactNode {
  return (
    <time dateTime={new Date(at).toISOString()} title={exactText(at)}>
      {text}
    </time>
  );
}
