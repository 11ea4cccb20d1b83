import { exactText, timeText } from './values/time-texts.js';

/** A time in the viewer's zone; the exact one, in UTC, in its tooltip. `now`: of the server's clock, ms. */
export function ShownTime({ at, now }: { readonly at: number; readonly now: number }): React.ReactNode {
  return (
    <time dateTime={new Date(at).toISOString()} title={exactText(at)}>
      {timeText(at, now)}
    </time>
  );
}
