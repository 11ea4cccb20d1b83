/**
 * The newest run of beats classed as ventricular, and the confidence in it: the numbers by which a finished alarm is checked,
 * of the seconds that the stream keeps, weighed by trees of their own. Looked at only while there is a run.
 */
import { modelScore, type Model } from '../../signal/boosted-trees.js';
import { STREAM_RUN } from '../../models/stream-run.js';
import { ECG_RATE, PULSE_RATE } from './stream-channel.js';
import type { EcgEvidence, PulseEvidence } from './stream-evidence.js';
import { ventricularFeatures } from '../../alarms/ventricular-evidence.js';

export interface RunLead {
  readonly evidence: EcgEvidence;
  /** At ECG_RATE, as long as the lead is usable. */
  readonly samples: Float64Array;
}

export interface RunPulse {
  readonly evidence: PulseEvidence;
  /** At PULSE_RATE. */
  readonly samples: Float64Array;
}

export interface StreamedRun {
  /** Of the longest run on a lead; rate per minute of the fastest; seconds since the last beat. */
  readonly beats: number;
  readonly rate: number;
  readonly ago: number;
  /** A steady slower lead or a steady pulse under 100/min contradicts it. */
  readonly isOpposed: boolean;
  /** What the trees see; NaN where there is no such channel. */
  readonly features: readonly number[];
}

/** One beat under the definition: a beat of a run is now and then classed as usual. */
const MIN_BEATS = 4;
const DEFINITION_BEATS = 5;
/** Scores of the trees above which a run is emitted, and emitted with confidence. */
const TOLD = 0.3;
const SURE = 0.7;
const MIN_RATE = 100;
const AGO_S = 3;
/** Coefficient of variation of a steady lead or pulse; share of the run's rate under which a lead is slower. */
const STEADY = 0.12;
const SLOWER = 0.85;
/** A run counts that ends in the newest seconds. */
const NEWEST_S = 5;

export function newestRun(leads: readonly RunLead[], pulses: readonly RunPulse[]): StreamedRun | null {
  const runs = leads.flatMap(({ evidence: { run } }) =>
    run !== null && run.beats >= MIN_BEATS && run.rate > MIN_RATE && run.ago <= AGO_S ? [run] : [],
  );
  if (runs.length === 0) return null;
  const { beats, ago } = runs.reduce((most, run) => (run.beats > most.beats ? run : most));
  const rate = Math.max(...runs.map((run) => run.rate));
  const length = Math.min(...leads.map(({ samples }) => samples.length));
  const ecg = leads.map(({ samples }) => samples.subarray(-length));
  const waves = pulses.map(({ samples }) => atEcgRate(samples)).filter((wave) => wave.length >= length);
  const until = length / ECG_RATE;
  const features = [
    ...ventricularFeatures(
      ecg,
      waves.map((wave) => wave.subarray(-length)),
      ECG_RATE,
      { from: Math.max(0, until - NEWEST_S), until },
    ),
    beats,
    rate,
    runs.length / leads.length,
    ...leadFeatures(leads.map(({ evidence }) => evidence)),
    ...pulseFeatures(pulses.map(({ evidence }) => evidence)),
  ];
  return { beats, rate, ago, isOpposed: isOpposed(leads, pulses, rate), features };
}

function isOpposed(leads: readonly RunLead[], pulses: readonly RunPulse[], rate: number): boolean {
  return (
    leads.some(({ evidence: { variation, five } }) => variation < STEADY && five > 0 && five < SLOWER * rate) ||
    pulses.some(({ evidence: { variation, burst } }) => variation < STEADY && burst < MIN_RATE)
  );
}

/** Confidence in a run, by the given trees. What is opposed has to be more certain, and stays in doubt. */
export function runTrust(run: StreamedRun, trees: Model = STREAM_RUN): 'none' | 'doubted' | 'sure' {
  const score = modelScore(trees, run.features);
  if (score <= (run.isOpposed ? SURE : TOLD)) return 'none';
  return score > SURE && run.beats >= DEFINITION_BEATS && !run.isOpposed ? 'sure' : 'doubted';
}

function leadFeatures(leads: readonly EcgEvidence[]): readonly number[] {
  const variations = leads.map(({ variation }) => variation);
  const rates = leads.map(({ five }) => five);
  const leakages = leads.map(({ wave }) => wave.leakage);
  return [
    Math.min(...variations),
    Math.max(...variations),
    Math.max(...rates),
    Math.min(...rates),
    Math.min(...leakages),
  ];
}

function pulseFeatures(pulses: readonly PulseEvidence[]): readonly number[] {
  const least = (of: (pulse: PulseEvidence) => number): number =>
    pulses.length > 0 ? Math.min(...pulses.map(of)) : Number.NaN;
  return [
    least(({ variation }) => variation),
    least(({ burst }) => burst),
    least(({ swing }) => swing),
    least(({ longest }) => longest),
  ];
}

/** Straight lines between the samples of a pulse wave, which has nothing faster. */
function atEcgRate(samples: Float64Array): Float64Array {
  const length = Math.floor((samples.length * ECG_RATE) / PULSE_RATE);
  return Float64Array.from({ length }, (_, i) => {
    const place = Math.min(samples.length - 1, (i * PULSE_RATE) / ECG_RATE);
    const low = Math.floor(place);
    const [a, b] = [samples[low]!, samples[Math.min(low + 1, samples.length - 1)]!];
    return a + (place - low) * (b - a);
  });
}
