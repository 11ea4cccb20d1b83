/**
 * Checks a bedside arrhythmia alarm against the signals: definitions of the PhysioNet/CinC Challenge 2015 (after ANSI/AAMI EC13).
 * An alarm stands unless a channel contradicts it, and only consistent beats may contradict it: noise removes that evidence, it never
 * gives it. So every limit of asystole, extreme rates and fibrillation errs towards the alarm. With no usable signal it stands.
 */
import { modelScore } from '../signal/boosted-trees.js';
import { channelEvidence, isFibrillatory, type ChannelEvidence, type Span } from '../signal/channel-evidence.js';
import { withoutHum } from '../signal/mains-hum.js';
import { VENTRICULAR_RUN } from '../models/ventricular-run.js';
import { isUsableRate } from '../beats/qrs-detector.js';
import { ventricularFeatures } from './ventricular-evidence.js';

export type AlarmRule =
  | 'asystole'
  | 'extreme-bradycardia'
  | 'extreme-tachycardia'
  | 'ventricular-tachycardia'
  | 'ventricular-fibrillation';

export interface AlarmSignals {
  /** Samples per second of all channels, 100 to 1000. */
  readonly fs: number;
  /** ECG channels, mV; NaN where nothing was measured. */
  readonly ecg: readonly Float64Array[];
  /** PPG and arterial pressure waves, any unit. */
  readonly pulse: readonly Float64Array[];
}

/** Seconds before the end in which the alarm's cause must lie: its definition's length, and 10 s until it is raised. */
const LOOKBACK_S = 16;

/** Whether the alarm at the end of the signals is true. */
export function checkAlarm(rule: AlarmRule, signals: AlarmSignals): boolean {
  const { fs } = signals;
  if (!isUsableRate(fs)) return true;
  if (rule === 'ventricular-tachycardia') return isVentricularRun(signals);
  const usable = usableChannels(signals);
  const span = causeSpan(signals);
  const leads =
    rule === 'ventricular-fibrillation' ? usable.ecg.filter((each) => !isFibrillatory(each, fs, span)) : usable.ecg;
  const channels = [
    ...leads.map((each) => channelEvidence('ecg', each, fs, span)),
    ...usable.pulse.map((each) => channelEvidence('pulse', each, fs, span)),
  ];
  return !IS_WITHDRAWN[rule](channels);
}

/** What the trees of ventricular tachycardia see of an alarm; undefined when no channel is live. For fitting. */
export function runEvidence(signals: AlarmSignals): readonly number[] | undefined {
  const { ecg, pulse } = usableChannels(signals);
  if (!isUsableRate(signals.fs) || ecg.length + pulse.length === 0) return undefined;
  return ventricularFeatures(ecg, pulse, signals.fs, causeSpan(signals));
}

function usableChannels({ fs, ecg, pulse }: AlarmSignals): AlarmSignals {
  return { fs, ecg: ecg.filter(isAlive).map((each) => withoutHum(each, fs)), pulse: pulse.filter(isAlive) };
}

function causeSpan({ fs, ecg, pulse }: AlarmSignals): Span {
  const until = Math.max(0, ...[...ecg, ...pulse].map((each) => each.length)) / fs;
  return { from: Math.max(0, until - LOOKBACK_S), until };
}

function isAlive(samples: Float64Array): boolean {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    if (sample < low) low = sample;
    if (sample > high) high = sample;
  }
  return high - low > 1e-3;
}

const IS_WITHDRAWN: Readonly<
  Record<Exclude<AlarmRule, 'ventricular-tachycardia'>, (channels: readonly ChannelEvidence[]) => boolean>
> = {
  asystole: (channels) => channels.some(goesOn),
  'extreme-bradycardia': (channels) => channels.some(isFaster) && !channels.some(isSteadySlow),
  'extreme-tachycardia': (channels) => channels.filter(isSlower).length >= 2,
  'ventricular-fibrillation': (channels) => channels.some(beatsSteadily),
};

/** Asystole is 4 s without a beat: one channel on which like beats (five at least) leave no gap of 3 s. Over 220/min is hum, not beats. */
function goesOn({ sure }: ChannelEvidence): boolean {
  return sure.slowest > 0 && sure.longest < 3 && sure.burst < 220;
}

/** Extreme bradycardia is five beats under 40/min: one channel whose like beats are steady and never under 50/min. */
function isFaster({ sure }: ChannelEvidence): boolean {
  return sure.longest < 2 && sure.slowest > 50 && sure.variation < 0.25;
}

/** A good lead that shows the slow heart outweighs a channel that counts more (a second pulse wave, a T wave). */
function isSteadySlow({ kind, all, sure, share }: ChannelEvidence): boolean {
  return kind === 'ecg' && share > 0.8 && all.variation < 0.25 && sure.slowest > 0 && all.slowest < 48;
}

/** Extreme tachycardia is 17 beats over 140/min: two good channels that are steady and, whatever is counted, under 115/min. */
function isSlower({ all, share }: ChannelEvidence): boolean {
  return share > 0.9 && all.variation < 0.2 && all.fastest > 0 && all.fastest < 115;
}

/** Fibrillation is 4 s without QRS or pulse: one channel whose like beats are steady, leave no gap of 2 s and are no flutter. Leads that look fibrillatory are left out before. */
function beatsSteadily({ sure, all, kind }: ChannelEvidence): boolean {
  return sure.longest < 2 && sure.variation < (kind === 'ecg' ? 0.3 : 0.4) && all.burst < 190;
}

/** Score of the trees above which a run is accepted. They were fitted with a true run counting five times. */
export const RUN_LIMIT = 0.23;

function isVentricularRun(signals: AlarmSignals): boolean {
  const evidence = runEvidence(signals);
  return evidence === undefined || modelScore(VENTRICULAR_RUN, evidence) > RUN_LIMIT;
}
