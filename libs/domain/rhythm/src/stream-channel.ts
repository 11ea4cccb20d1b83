/** One channel of a patient: chunks joined, brought to one rate, and kept as the last seconds in blocks of one second. */
import { encode, NO_EXTREMES, qualityOf, type Block, type Extremes } from './stream-block.js';
import type { StreamRefusal } from './stream-finding.js';

/** Evenly spaced samples of one channel; mV for `ecg`, any unit for pulse waves. `t` is the first sample's ms since 1970. */
export interface WaveChunk {
  readonly t: number;
  readonly samples: readonly number[];
  readonly periodMs: number;
  readonly kind: 'ecg' | 'ppg' | 'pressure';
  readonly channel: string;
  readonly doubtful: boolean;
}

export interface ChannelState {
  readonly kind: WaveChunk['kind'];
  readonly periodMs: number;
  /** Start of its first chunk, ms. */
  readonly began: number;
  /** Start of the newest chunk and end of its last sample, ms. */
  readonly from: number;
  readonly until: number;
  /** Samples since the channel began (anew). */
  readonly count: number;
  /** Sum and number of the samples of the bin that is not full yet. */
  readonly bin: readonly [sum: number, count: number];
  /** Bins of the second that is not full yet; null where nothing was measured. */
  readonly open: ReadonlyArray<number | null>;
  readonly extremes: Extremes;
  /** Seconds since the last doubtful chunk, at most SECONDS. */
  readonly clean: number;
  readonly blocks: readonly Block[];
  /** End of the newest block, ms. */
  readonly ended: number;
}

/** Seconds kept of each channel. */
export const SECONDS = 17;
export const ECG_RATE = 125;
export const PULSE_RATE = 50;
/** Chunks closer than this join on; more is a gap, and the channel begins anew. */
const JITTER_MS = 250;
const SAME_MS = 1;

export function refusalOfChunk(state: ChannelState | undefined, chunk: WaveChunk): StreamRefusal | null {
  const { t, periodMs, kind, samples } = chunk;
  if (!Number.isFinite(t) || !Number.isFinite(periodMs) || periodMs <= 0) return 'not-a-number';
  const rate = 1000 / periodMs;
  if (rate < (kind === 'ecg' ? 100 : 20) || rate > 1000) return 'unusable-rate';
  if (state === undefined || samples.length === 0) return null;
  if (t === state.from) return 'duplicate';
  if (t < state.from) return 'reversed';
  return t < state.until - JITTER_MS ? 'overlapping' : null;
}

export function beginChannel({ kind, periodMs, t }: WaveChunk): ChannelState {
  return {
    kind,
    periodMs,
    began: t,
    from: t,
    until: t,
    count: 0,
    bin: [0, 0],
    open: [],
    extremes: NO_EXTREMES,
    clean: SECONDS,
    blocks: [],
    ended: t,
  };
}

/** Whether the chunk goes on where the channel stands. */
export function joins(state: ChannelState, chunk: WaveChunk): boolean {
  return chunk.t - state.until <= JITTER_MS && chunk.periodMs === state.periodMs && chunk.kind === state.kind;
}

/** One chunk on; `full` is called with the channel whenever a second is full. */
export function stepChannel(
  state: ChannelState,
  chunk: WaveChunk,
  full: (channel: ChannelState) => void,
): ChannelState {
  const isEcg = state.kind === 'ecg';
  const rate = isEcg ? ECG_RATE : PULSE_RATE;
  const binsPerSample = (rate * state.periodMs) / 1000;
  let { count, blocks, clean } = state;
  let [sum, inBin] = state.bin;
  let until = chunk.t - state.until < SAME_MS ? state.until : chunk.t;
  let open = [...state.open];
  let extremes = { ...state.extremes };
  if (chunk.doubtful) clean = 0;
  let { ended } = state;
  const now = (): ChannelState => ({
    kind: state.kind,
    periodMs: state.periodMs,
    began: state.began,
    from: chunk.t,
    until,
    count,
    bin: [sum, inBin],
    open,
    extremes,
    clean,
    blocks,
    ended,
  });
  for (const given of chunk.samples) {
    const sample = Number.isFinite(given) && Math.abs(given) < 1e9 ? given : Number.NaN;
    if (!Number.isNaN(sample)) {
      sum += sample;
      inBin++;
    }
    extremes = counted(extremes, sample);
    const bins = binOf(count + 1, binsPerSample) - binOf(count, binsPerSample);
    count++;
    until += state.periodMs;
    if (bins === 0) continue;
    const value = inBin > 0 ? rounded(sum / inBin, isEcg) : null;
    sum = inBin = 0;
    for (let k = 0; k < bins; k++) {
      open.push(value);
      if (open.length < rate) continue;
      const samples = open.map((each) => each ?? Number.NaN);
      blocks = [...blocks, encode(samples, qualityOf(extremes, isEcg), isEcg ? 2 : 1)].slice(-SECONDS);
      open = [];
      extremes = { ...NO_EXTREMES };
      ended = Math.round(until);
      if (!chunk.doubtful) clean = Math.min(SECONDS, clean + 1);
      full(now());
    }
  }
  return now();
}

/** Whole seconds since the channel began. */
export function secondsOf({ kind, periodMs, count, open }: ChannelState): number {
  const rate = kind === 'ecg' ? ECG_RATE : PULSE_RATE;
  return Math.round((binOf(count, (rate * periodMs) / 1000) - open.length) / rate);
}

function binOf(index: number, binsPerSample: number): number {
  return Math.floor(index * binsPerSample + 1e-6);
}

/** 1 µV of an ECG; seven digits of a pulse wave, whose unit and offset are anything. */
function rounded(value: number, isEcg: boolean): number {
  return isEcg ? Math.round(1000 * value) / 1000 : Number(value.toPrecision(7));
}

type Counting = { -readonly [key in keyof Extremes]: Extremes[key] };

/** Counts in place: this runs for every sample. */
function counted(extremes: Counting, sample: number): Counting {
  const isFirst = extremes.count === extremes.missing;
  extremes.count++;
  if (Number.isNaN(sample)) extremes.missing++;
  else if (isFirst) {
    extremes.low = extremes.high = sample;
    extremes.atLow = extremes.atHigh = 1;
  } else {
    if (sample < extremes.low) {
      extremes.low = sample;
      extremes.atLow = 0;
    } else if (sample > extremes.high) {
      extremes.high = sample;
      extremes.atHigh = 0;
    }
    if (sample === extremes.low) extremes.atLow++;
    if (sample === extremes.high) extremes.atHigh++;
  }
  return extremes;
}
