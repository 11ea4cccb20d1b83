import { useId } from 'react';
import { Button } from 'react-aria-components';
import { fill, strings } from '../../strings/strings.js';
import { useConnection } from '../../live/use-live.js';
import { exactText, minuteText } from '../../times/shown-time.js';
import { useNow } from '../../times/use-now.js';

const MINUTE = 60_000;

interface AsKnownAtProps {
  /** Of the patient, ISO 8601; undefined: not known yet. */
  readonly firstRecordedAt: string | undefined;
  /** null: now. */
  readonly chosen: number | null;
  readonly onChoose: (at: number | null) => void;
}

/** Goes back to what was known at a time: from the first recording to now, a minute per arrow key. Says so for as long as it lasts. */
export function AsKnownAt({ firstRecordedAt, chosen, onChoose }: AsKnownAtProps): React.ReactNode {
  const id = useId();
  const now = useNow(10_000);
  const first = firstRecordedAt === undefined ? now : Date.parse(firstRecordedAt);
  const [from, to] = [Math.ceil(first / MINUTE), Math.floor(now / MINUTE)];
  const minute = chosen === null ? to : Math.round(chosen / MINUTE);
  const { isLost } = useConnection();
  const nowText = isLost ? strings.patient.knownAtLost : strings.patient.knownAtNow;
  const text = chosen === null ? nowText : minuteText(chosen);
  return (
    <div className={chosen === null ? 'known-at' : 'known-at not-live'}>
      <label htmlFor={id}>{strings.patient.knownAt}</label>
      <input
        id={id}
        type="range"
        min={Math.min(from, to)}
        max={to}
        step={1}
        value={minute}
        aria-valuetext={text}
        aria-describedby={`${id}-hint`}
        disabled={firstRecordedAt === undefined}
        onChange={({ target }) => {
          const at = Number(target.value);
          onChoose(at >= to ? null : at * MINUTE);
        }}
      />
      <span id={`${id}-hint`} className="muted">
        {strings.patient.knownAtHint}
      </span>
      <p role="status">
        {chosen === null ? (
          nowText
        ) : (
          <strong>
            <time dateTime={new Date(chosen).toISOString()} title={exactText(chosen)}>
              {fill(strings.patient.notLive, { time: minuteText(chosen) })}
            </time>
          </strong>
        )}
      </p>
      {chosen !== null && (
        <Button className="button" onPress={() => onChoose(null)}>
          {strings.patient.backToLive}
        </Button>
      )}
    </div>
  );
}
