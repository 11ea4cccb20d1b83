import { beginAgain, isLate, stepWave, type WaveChunk, type WaveState } from '#libs/domain/rhythm';
import { ecgQuality, ppgQuality, pressureWaveQuality } from '#libs/domain/signal-quality';
import {
  inOrder,
  judgedAs,
  type Cited,
  type Detector,
  type DetectorStep,
  type Sample,
  type Settling,
} from '#libs/domain/twin';
import { afterFindings, mapHolds, NO_HOLDS, wasSentAsDoubtful, type RhythmMemory } from './rhythm-findings.js';
import { WAVE_RULES } from './rhythm-rules.js';

interface WaveMemory extends RhythmMemory<WaveState> {
  /** How long the longest chunk lasted, ms. */
  readonly longest?: number;
  /** While a stretch is judged again: beats up to this time (ms) were classed and counted. */
  readonly beatsAfter?: number;
}

const QUALITY_OF = { ecg: ecgQuality, ppg: ppgQuality, pressure: pressureWaveQuality } as const;
const KINDS: Readonly<Record<number, WaveChunk['kind']>> = { 12: 'ecg', 13: 'ppg', 14: 'pressure' };
const SECOND_MS = 1000;

/** What the detector remembers of the waves. */
export function waveStateOf(memory: unknown): WaveState | null {
  return (memory as WaveMemory | null)?.state ?? null;
}

function step(memory: unknown, sample: Sample): DetectorStep {
  const before = memory as WaveMemory | null;
  const holds = before?.holds ?? NO_HOLDS;
  const chunk = chunkOf(sample);
  if (chunk === undefined) return { memory, holds, refused: ['no-waveform'] };
  const { state, findings, refusals } = stepWave(before?.state ?? null, chunk, before?.beatsAfter ?? null);
  const cited = findings.length === 0 ? sample.cited : described(sample);
  const { holds: held, changes } = afterFindings(holds, findings, WAVE_RULES, cited);
  const longest = Math.max(before?.longest ?? 0, lasts(sample));
  const after = before?.beatsAfter;
  const isAgain = after !== undefined && (state.judged === null || state.judged <= after);
  const next: WaveMemory = { state, holds: held, longest, ...(isAgain ? { beatsAfter: after } : undefined) };
  return { memory: next, holds: held, changes, refused: refusals.map(({ reason }) => reason) };
}

/** Two devices may use the same name for a channel, and one device for waves of two kinds. */
function channelOf({ cited, channel, device }: Sample): string {
  const { source, code } = cited;
  return `${code}|${device === undefined ? `f:${source}` : `d:${device}`}|${channel ?? KINDS[code]}`;
}

function chunkOf(sample: Sample): WaveChunk | undefined {
  const { cited, series, periodMs, part } = sample;
  const kind = KINDS[cited.code];
  if (kind === undefined || series === undefined || periodMs === undefined) return undefined;
  return {
    t: part?.t ?? cited.t,
    samples: part?.series ?? series,
    periodMs,
    kind,
    channel: channelOf(sample),
    doubtful: wasSentAsDoubtful(cited),
  };
}

function lasts({ series, periodMs }: Sample): number {
  return (series?.length ?? 0) * (periodMs ?? 0);
}

/**
 * The value with the reasons against its signal quality. It stays as good as it was: fibrillation, asystole and a weak pulse look like a bad
 * signal, and must not lose their severity by it.
 */
function described({ cited, series, periodMs }: Sample): Cited {
  const { usable, reasons } = QUALITY_OF[KINDS[cited.code]!](series!, SECOND_MS / periodMs!);
  if (usable || reasons.includes('too-short')) return cited;
  return judgedAs(cited, cited.quality, [...(cited.reasons ?? []), ...reasons]);
}

/** The channels second by second, so that those of one record are judged side by side as if they had come so. */
function parts(samples: readonly Sample[]): readonly Sample[] {
  const all = samples.flatMap(bySecond);
  if (all.length < 2) return all;
  const keyed = all.map((sample) => ({ sample, t: sample.part?.t ?? sample.cited.t, channel: channelOf(sample) }));
  keyed.sort((a, b) => {
    if (a.t !== b.t) return a.t - b.t;
    if (a.channel !== b.channel) return a.channel < b.channel ? -1 : 1;
    return inOrder(a.sample.cited, b.sample.cited);
  });
  return keyed.map(({ sample }) => sample);
}

function bySecond(sample: Sample): readonly Sample[] {
  const { cited, series, periodMs } = sample;
  if (series === undefined || periodMs === undefined || !(periodMs > 0)) return [sample];
  const t = cited.t;
  const cut: Sample[] = [];
  for (let from = 0; from < series.length;) {
    const second = Math.floor((t + from * periodMs + EDGE) / SECOND_MS) + 1;
    const to = Math.max(from + 1, Math.min(series.length, Math.ceil((second * SECOND_MS - t - EDGE) / periodMs)));
    if (from === 0 && to === series.length) return [sample];
    cut.push({ ...sample, part: { t: t + from * periodMs, series: series.slice(from, to) } });
    from = to;
  }
  return cut;
}

/** Of a sample that begins with the second but for rounding, ms. */
const EDGE = 1e-6;

const SETTLING: Settling = {
  // The window is 14 s; the baseline of a lead has settled after as long again, and after that an onset is reliable.
  warmUpMs: 45_000,
  onsetMs: 20_000,
  // The window, 3 s of waiting for a channel that is behind, and what a condition takes to be gone.
  afterMs: 30_000,
  goneMs: 10_000,
  isLate: (memory, sample) => {
    const chunk = chunkOf(sample);
    return chunk !== undefined && isLate(waveStateOf(memory), chunk);
  },
  judged: (memory) => {
    const state = waveStateOf(memory);
    // Pulse waves alone are kept and not judged.
    const ends = Object.values(state?.channels ?? {}).map(({ ended }) => ended);
    return state?.judged ?? (ends.length === 0 ? null : Math.max(...ends));
  },
  longest: (memory) => (memory as WaveMemory | null)?.longest ?? 0,
  parts,
  begin: (memory): WaveMemory => {
    const before = memory as WaveMemory | null;
    const state = before?.state ?? null;
    const judged = state?.judged ?? null;
    return {
      state: beginAgain(state),
      holds: NO_HOLDS,
      longest: before?.longest ?? 0,
      ...(judged === null ? undefined : { beatsAfter: judged }),
    };
  },
};

/** Asystole, extreme rates, ventricular tachycardia and fibrillation from ECG, crossed with pulse waves. */
export const WAVES: Detector = {
  id: 'wave-rhythm',
  codes: [12, 13, 14],
  rules: WAVE_RULES,
  late: 'settles',
  settling: SETTLING,
  step,
  mapCited: mapHolds,
};
