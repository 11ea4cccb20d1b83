/**
 * One channel of a patient: chunks joined, brought to one rate, and kept as the last seconds in blocks of one second. Blocks are whole
 * seconds of UTC, so that whoever begins in the middle of a recording judges at the same times.
 */
import { encode, isMostlyThere, NO_EXTREMES, qualityOf, type Block, type Extremes } from './stream-block.js';
import type { StreamRefusal } from '../stream-finding.js';

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
  /** Where in its second it began, in bins; absent (channels begun before blocks were whole seconds): at its start. */
  readonly phase?: number;
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
const SECOND_MS = 1000;

/** The chunk without what its channel has already; null when nothing is left of it. */
export function newPart(state: ChannelState, chunk: WaveChunk): WaveChunk | null {
  const { t, samples, periodMs } = chunk;
  if (t >= state.until - JITTER_MS) return chunk;
  const known = Math.ceil((state.until - t - SAME_MS) / periodMs);
  if (known >= samples.length) return null;
  return { ...chunk, t: t + known * periodMs, samples: samples.slice(known) };
}

export function refusalOfChunk(state: ChannelState | undefined, chunk: WaveChunk): StreamRefusal | null {
  const { t, periodMs, kind, samples } = chunk;
  if (!Number.isFinite(t) || !Number.isFinite(periodMs) || periodMs <= 0) return 'not-a-number';
  const rate = 1000 / periodMs;
  if (rate < (kind === 'ecg' ? 100 : 20) || rate > 1000) return 'unusable-rate';
  if (state === undefined || samples.length === 0) return null;
  if (t === state.from) return 'duplicate';
  return t < state.from ? 'reversed' : null;
}

export function beginChannel({ kind, periodMs, t }: WaveChunk): ChannelState {
  const phase = ((((t % SECOND_MS) + SECOND_MS) % SECOND_MS) * rateOf(kind)) / SECOND_MS;
  return {
    kind,
    phase,
    periodMs,
    began: t,
    from: t,
    until: t,
    count: 0,
    bin: [0, 0],
    open: Array.from({ length: Math.floor(phase + EDGE) }, () => null),
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
  const rate = rateOf(state.kind);
  const { phase } = state;
  const start = phase ?? 0;
  const binsPerSample = (rate * state.periodMs) / SECOND_MS;
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
    ...(phase === undefined ? undefined : { phase }),
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
    const bins =
      Math.floor(start + (count + 1) * binsPerSample + EDGE) - Math.floor(start + count * binsPerSample + EDGE);
    count++;
    until += state.periodMs;
    if (bins === 0) continue;
    const value = inBin > 0 ? rounded(sum / inBin, isEcg) : null;
    sum = inBin = 0;
    for (let k = 0; k < bins; k++) {
      open.push(value);
      if (open.length < rate) continue;
      const samples = open.map((each) => each ?? Number.NaN);
      const quality = isMostlyThere(open) ? qualityOf(extremes, isEcg) : 'm';
      blocks = [...blocks, encode(samples, quality, isEcg ? 2 : 1)].slice(-SECONDS);
      open = [];
      extremes = { ...NO_EXTREMES };
      ended = phase === undefined ? Math.round(until) : Math.round(until / SECOND_MS) * SECOND_MS;
      if (!chunk.doubtful) clean = Math.min(SECONDS, clean + 1);
      full(now());
    }
  }
  return now();
}

/** Of a bin that is full but for rounding. */
const EDGE = 1e-6;

function rateOf(kind: WaveChunk['kind']): number {
  return kind === 'ecg' ? ECG_RATE : PULSE_RATE;
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
