import { isCompressionSuspected, rateOfChange, withReading, type History } from '#libs/domain/glucose';
import { sensorOf, type Derived, type FoldedMeasure, type Sample } from '#libs/domain/twin';

/** The slope is of 15 min; the 30 min before show whether glucose was stable. */
const WINDOW_MS = 45 * 60_000;

/** The newest sensor's readings; another sensor begins anew. */
interface Memory {
  /** Its sensor. */
  readonly source: string;
  readonly history: History;
}

function step(memory: unknown, { cited, device }: Sample): Memory | null {
  const { t, x, quality } = cited;
  const source = sensorOf(cited.source, device);
  const before = memory as Memory | null;
  if (quality === 2) return before;
  const history = withReading(before?.source === source ? before.history : [], t, x);
  return history === before?.history ? before : { source, history: history.filter(([at]) => t - at <= WINDOW_MS) };
}

function read(memory: unknown): Derived {
  const history = (memory as Memory | null)?.history ?? [];
  const found = rateOfChange(history);
  if (found.kind === 'refused') return { refused: found.reason };
  return {
    value: found.perMinute,
    parts: { compressionSuspected: isCompressionSuspected(history) ? 1 : 0 },
  };
}

/** Median slope of the newest quarter of an hour of one sensor; under 1, to 2, to 3 and over 3 mg/dL per min are the arrows of sensors. */
export const GLUCOSE_RATE: FoldedMeasure = {
  kind: 'folded',
  name: 'glucose-rate-of-change',
  title: 'Glucose: rate of change over the newest 15 min',
  unit: 'mg/dL/min',
  of: ['glucose'],
  code: 9,
  step,
  rewind: (memory, t) => ({ memory: null, from: ((memory as Memory | null)?.history.at(-1)?.[0] ?? t) - WINDOW_MS }),
  read,
};
