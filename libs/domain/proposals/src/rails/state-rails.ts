import type { RecordedValue } from '#libs/domain/scenarios';
import { judged, type Judged } from './check.js';

const MINUTE = 60_000;
/** oref0 gives no advice on older readings (`determine-basal.js`: minAgo > 12). */
const OLDEST_MINUTES = 12;
/** A single reading is no basis: three within 20 minutes are needed, which a sensor of 5 minutes gives if it misses one. */
const FEWEST_READINGS = 3;
const READINGS_WITHIN = 20 * MINUTE;
/** mg/dL */
const LOW = 70;
/** mg/dL/min; as fast as the double down arrow of sensors (Dexcom G6 user guide: −2 to −3). */
const FALLING = -2;
/** oref0: a change between two readings above 30 % of the value is no basis for a dose. */
const JUMP = 0.3;
/** Readings that do not change at all so long come from a sensor that does not measure (oref0, flat CGM). */
const FLAT_WITHIN = 45 * MINUTE;
/** Reversals between readings from this size on are noise, mg/dL. */
const REVERSAL = 15;

/** What the readings alone say; ascending by time, of one source, with those of bad quality. */
export interface StateOfReadings {
  /** mg/dL; null: there is no usable reading. */
  readonly glucose: number | null;
  /** mg/dL/min; null: there are too few readings. */
  readonly rate: number | null;
  readonly newest: number | null;
  readonly judged: readonly Judged[];
}

/** Whether readings are recent, reliable, not low and not falling fast; `now` in ms. A rail that cannot be judged does not hold. */
export function judgeReadings(readings: readonly RecordedValue[], now: number, disagrees: boolean): StateOfReadings {
  const newest = readings.at(-1);
  const usable = readings.filter(({ quality }) => quality !== 2);
  const glucose = usable.at(-1)?.x ?? null;
  const rate = rateOf(usable);
  const age = newest === undefined ? null : (now - newest.t) / MINUTE;
  const faults = [...qualityFaults(readings, now), ...(disagrees ? ['two sensors disagree'] : [])];
  const recent = readings.filter(({ t, quality }) => t > now - READINGS_WITHIN && quality === 0).length;
  return {
    glucose,
    rate,
    newest: newest?.t ?? null,
    judged: [
      judged(
        {
          rail: 'fresh-data',
          held: age !== null && age <= OLDEST_MINUTES,
          value: age === null ? null : round(age, 10),
          limit: OLDEST_MINUTES,
          unit: 'min',
        },
        age === null
          ? 'there is no glucose reading.'
          : `the newest glucose reading is ${round(age, 1)} min old; at most ${OLDEST_MINUTES} min are used. Check with a meter.`,
      ),
      judged(
        {
          rail: 'quality',
          held: faults.length === 0 && recent >= FEWEST_READINGS,
          value: recent,
          limit: FEWEST_READINGS,
          unit: '{readings}',
        },
        `${faults[0] ?? `only ${recent} good readings within 20 min`}. Check with a meter.`,
      ),
      judged(
        { rail: 'not-low', held: glucose !== null && glucose >= LOW, value: glucose, limit: LOW, unit: 'mg/dL' },
        glucose === null
          ? 'glucose is unknown.'
          : `glucose is ${glucose} mg/dL, under ${LOW}: check, and carbohydrates by local protocol.`,
      ),
      judged(
        {
          rail: 'not-falling',
          held: rate !== null && rate > FALLING,
          value: rate === null ? null : round(rate, 100),
          limit: FALLING,
          unit: 'mg/dL/min',
        },
        rate === null ? 'the rate of change is unknown.' : `glucose changes by ${round(rate, 10)} mg/dL/min.`,
      ),
    ],
  };
}

/** The steeper fall of the last step and of the last 15 minutes, mg/dL/min. */
function rateOf(usable: readonly RecordedValue[]): number | null {
  const newest = usable.at(-1);
  // Two readings at one time say nothing of a change over time.
  const before = newest && usable.findLast(({ t }) => t < newest.t);
  if (newest === undefined || before === undefined || newest.t - before.t > READINGS_WITHIN) return null;
  const since = usable.find(({ t }) => t >= newest.t - 15 * MINUTE)!;
  const slope = (from: RecordedValue): number => ((newest.x - from.x) * MINUTE) / (newest.t - from.t);
  if (since.t >= before.t) return slope(before);
  return Math.min(slope(before), slope(since));
}

function qualityFaults(readings: readonly RecordedValue[], now: number): readonly string[] {
  const newest = readings.at(-1);
  if (newest === undefined) return ['there is no glucose reading'];
  const faults: string[] = [];
  if (newest.quality !== 0) faults.push('the newest reading is of doubtful quality');
  const flat = readings.filter(({ t }) => t > now - FLAT_WITHIN);
  if (flat.length >= 8 && flat.every(({ x }) => x === newest.x))
    faults.push('readings have not changed at all for 45 min');
  const recent = readings.filter(({ t }) => t > now - 30 * MINUTE);
  const steps = recent.slice(1).map(({ x }, i) => x - recent[i]!.x);
  if (recent.slice(1).some(({ x, t }, i) => t - recent[i]!.t <= 6 * MINUTE && Math.abs(x - recent[i]!.x) > JUMP * x))
    faults.push('a reading differs by more than 30 % from the one before');
  const reversals = steps.slice(1).filter((step, i) => {
    const last = steps[i]!;
    return step * last < 0 && Math.abs(step) > REVERSAL && Math.abs(last) > REVERSAL;
  });
  if (reversals.length > 0) faults.push('readings are noisy');
  return faults;
}

function round(x: number, parts: number): number {
  return Math.round(x * parts) / parts + 0;
}
