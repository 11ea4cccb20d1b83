import {
  stepIntervals,
  stepWave,
  type IntervalState,
  type RhythmFinding,
  type WaveChunk,
  type WaveState,
} from '#libs/domain/rhythm';
import { ecgQuality, ppgQuality, pressureWaveQuality } from '#libs/domain/signal-quality';
import type { Finding } from '../finding.js';
import { RANKS, type Detector, type DetectorChange, type DetectorStep, type Sample, type StreamRule } from '../rule.js';
import { judgedAs } from '../sample.js';
import type { Cited } from '../state.js';
import type { ConditionPack } from './pack.js';
import { INTERVAL_RULES, WAVE_RULES } from './rhythm-rules.js';
import { HEART_RATE_VARIABILITY } from './variability.js';
import { ventricularBeatsOf } from './ventricular-beats.js';

/** What a rhythm detector remembers, and the conditions that hold as it last told them. */
interface RhythmMemory<S> {
  readonly state: S;
  readonly holds: Readonly<Record<string, Finding>>;
}

const NONE: RhythmMemory<unknown>['holds'] = {};
const NO_CHANGES: readonly DetectorChange[] = [];

interface Followed {
  readonly holds: RhythmMemory<unknown>['holds'];
  readonly changes: readonly DetectorChange[];
}

/** The detector tells changes; what holds is remembered between them. */
function afterFindings(
  holds: RhythmMemory<unknown>['holds'],
  findings: readonly RhythmFinding[],
  rules: readonly StreamRule[],
  cited: Cited,
): Followed {
  if (findings.length === 0) return { holds, changes: NO_CHANGES };
  const next: Record<string, Finding> = { ...holds };
  const changes: DetectorChange[] = [];
  for (const found of findings) {
    const rule = rules.find(({ id }) => id === found.rule);
    if (rule === undefined) continue;
    if (found.present) {
      const finding = findingOf(rule, found, cited);
      next[rule.id] = finding;
      changes.push({ rule: rule.id, finding });
    } else {
      delete next[rule.id];
      changes.push({ rule: rule.id, at: found.since });
    }
  }
  return { holds: next, changes };
}

function findingOf(rule: StreamRule, finding: RhythmFinding, cited: Cited): Finding {
  const full = RANKS[rule.severity];
  const { value, unit, note, contributions, confident } = finding;
  const [limit] = rule.limits;
  return {
    // What is not certain counts one severity lower.
    rank: (confident ? full : Math.max(1, full - 1)) as 1 | 2 | 3,
    weight: value,
    cites: [cited],
    since: finding.since,
    words: `${rule.title}: ${value} ${unit}${note === undefined ? '' : `; ${note}`}`,
    limit: limit!.default,
    limitName: limit!.name,
    unit: limit!.unit,
    comparison: 'at-or-above',
    ...(contributions === undefined ? undefined : { contributions }),
  };
}

/** By its sender. What only the range of the measure speaks against (docs/clinical/plausibility.md) the detectors judge value by value. */
function wasSentAsDoubtful([, , , , quality, , , reasons]: Cited): boolean {
  if (quality !== 1) return false;
  return reasons === undefined || !reasons.every((reason) => /^(?:above|below)-plausible-/.test(reason));
}

function stepRr(memory: unknown, { cited, series }: Sample): DetectorStep {
  const before = memory as RhythmMemory<IntervalState> | null;
  const intervals = series ?? [cited[3]];
  const { state, findings, refusals } = stepIntervals(before?.state ?? null, {
    t: cited[2],
    intervals,
    doubtful: wasSentAsDoubtful(cited),
  });
  const { holds, changes } = afterFindings(before?.holds ?? NONE, findings, INTERVAL_RULES, cited);
  return { memory: { state, holds }, holds, changes, refused: refusals.map(({ reason }) => reason) };
}

const INTERVALS: Detector = { id: 'rr-rhythm', codes: [2], rules: INTERVAL_RULES, late: 'refold', step: stepRr };

const QUALITY_OF = { ecg: ecgQuality, ppg: ppgQuality, pressure: pressureWaveQuality } as const;
const KINDS: Readonly<Record<number, WaveChunk['kind']>> = { 12: 'ecg', 13: 'ppg', 14: 'pressure' };

function stepWaves(memory: unknown, { cited, series, periodMs, channel }: Sample): DetectorStep {
  const before = memory as RhythmMemory<WaveState> | null;
  const kind = KINDS[cited[6]];
  const holds = before?.holds ?? NONE;
  if (kind === undefined || series === undefined || periodMs === undefined) {
    return { memory, holds, refused: ['no-waveform'] };
  }
  const chunk = {
    t: cited[2],
    samples: series,
    periodMs,
    kind,
    channel: channel ?? kind,
    doubtful: wasSentAsDoubtful(cited),
  };
  const { state, findings, refusals } = stepWave(before?.state ?? null, chunk);
  const seen = findings.length === 0 ? cited : described(cited, chunk);
  const { holds: after, changes } = afterFindings(holds, findings, WAVE_RULES, seen);
  return { memory: { state, holds: after }, holds: after, changes, refused: refusals.map(({ reason }) => reason) };
}

/**
 * The value with what speaks against its signal. It stays as good as it was: fibrillation, asystole and a weak pulse look like a bad
 * signal, and must not lose their severity by it.
 */
function described(cited: Cited, { kind, samples, periodMs }: WaveChunk): Cited {
  const { usable, reasons } = QUALITY_OF[kind](samples, 1000 / periodMs);
  if (usable || reasons.includes('too-short')) return cited;
  return judgedAs(cited, cited[4], [...(cited[7] ?? []), ...reasons]);
}

const WAVES: Detector = {
  id: 'wave-rhythm',
  codes: [12, 13, 14],
  rules: WAVE_RULES,
  late: 'as-it-comes',
  step: stepWaves,
};

const VENTRICULAR_BEATS = ventricularBeatsOf(
  WAVES.id,
  (memory) => (memory as RhythmMemory<WaveState> | null)?.state ?? null,
);

/** Rhythm from waveforms and from beat intervals. */
export const RHYTHM_PACK: ConditionPack = {
  id: 'rhythm',
  title: 'Heart rhythm',
  measures: ['ecg', 'ppg', 'arterial-pressure-wave', 'rr-interval'],
  rules: [...WAVE_RULES, ...INTERVAL_RULES],
  detectors: [WAVES, INTERVALS],
  derived: [HEART_RATE_VARIABILITY, VENTRICULAR_BEATS],
};
