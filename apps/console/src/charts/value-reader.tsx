import { strings } from '../strings/strings.js';

interface ValueReaderProps {
  /** How many values there are, the oldest first. */
  readonly count: number;
  readonly index: number;
  /** What is said of the value at `index`. */
  readonly text: string | undefined;
  readonly onRead: (index: number) => void;
  /** Of the chart it reads. */
  readonly title: string;
}

/**
 * Steps through the values of a chart with the arrow keys; what stands at each is said and shown. It is the platform's own range control,
 * because that says any text as its value (ADR 62).
 */
export function ValueReader({ count, index, text, onRead, title }: ValueReaderProps): React.ReactNode {
  const said = text ?? strings.charts.nothingToRead;
  return (
    <div className="reader">
      <input
        type="range"
        aria-label={strings.charts.readValues}
        aria-valuetext={said}
        title={`${strings.charts.readValues}: ${title}`}
        min={0}
        max={Math.max(0, count - 1)}
        step={1}
        value={Math.max(0, index)}
        disabled={count === 0}
        onChange={({ target }) => onRead(Number(target.value))}
      />
      <span className="reading">{said}</span>
    </div>
  );
}
