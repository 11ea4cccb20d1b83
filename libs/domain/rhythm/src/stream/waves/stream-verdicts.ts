/**
 * The five life-threatening conditions at one moment, by the definitions of ANSI/AAMI EC13 as used in the PhysioNet/CinC Challenge
 * 2015, from the evidence of all leads and pulse waves. A pulse wave contradicts a condition only while it is steady and whole.
 */
import type { EcgEvidence, PulseEvidence } from './stream-evidence.js';
import type { RhythmFinding } from '../stream-finding.js';
import { runTrust, type StreamedRun } from './stream-run.js';

export type WaveRule = Extract<
  RhythmFinding['rule'],
  'asystole' | 'extreme-bradycardia' | 'extreme-tachycardia' | 'ventricular-tachycardia' | 'ventricular-fibrillation'
>;

export interface Verdict {
  readonly holds: boolean;
  readonly value: number;
  readonly unit: 's' | '/min' | '1';
  /** A reason for doubt; null when there is none. */
  readonly doubt: string | null;
  /** How long the condition has been there when it is seen first, s. */
  readonly ago: number;
}

const ASYSTOLE_S = 4;
const SLOW = 40;
const FAST = 140;
const NEARLY_FAST = 120;
/** Leakage at and under which four seconds are fibrillatory; waves per second and mV they have to have. */
const LEAKAGE = 0.42;
const WAVES = [2, 9] as const;
const MIN_MV = 0.05;

const FLAT = 'flat line: a silent heart or a lead that is off';
const TINY = 'steady beats a thousand times too small: the unit of the ECG may be wrong';

const NO: Verdict = { holds: false, value: 0, unit: '1', doubt: null, ago: 0 };

/** One verdict per rule; `leads` has at least one, `run` is the newest ventricular run on any of them. */
export function verdicts(
  leads: readonly EcgEvidence[],
  pulses: readonly PulseEvidence[],
  run: StreamedRun | null,
): Readonly<Record<WaveRule, Verdict>> {
  return {
    asystole: asystole(leads, pulses),
    'extreme-bradycardia': bradycardia(leads, pulses),
    'extreme-tachycardia': tachycardia(leads, pulses),
    'ventricular-tachycardia': ventricularTachycardia(run),
    'ventricular-fibrillation': fibrillation(leads, pulses),
  };
}

/** No QRS for 4 s on a lead and 3 s on all (a wave at the edge on one), the baseline flat; withdrawn by a pulse that goes on. */
function asystole(leads: readonly EcgEvidence[], pulses: readonly PulseEvidence[]): Verdict {
  const gaps = leads.map(({ gap }) => gap);
  const isSilent =
    Math.max(...gaps) >= ASYSTOLE_S && Math.min(...gaps) >= ASYSTOLE_S - 1 && leads.some((each) => each.quiet);
  const goesOn = pulses.some((pulse) => isGood(pulse) && pulse.longest < 2.5);
  const isFlat = leads.every(({ flat }) => flat);
  const isTiny = leads.every(({ flat, tiny }) => flat || tiny) && !isFlat;
  return {
    holds: isSilent && !goesOn,
    value: tenth(Math.min(...gaps)),
    unit: 's',
    doubt: isTiny ? TINY : isFlat && pulses.length === 0 ? FLAT : null,
    ago: Math.min(...gaps),
  };
}

/** Steady in time and size: compressions and movement swing too. */
function isGood({ variation, swing }: PulseEvidence): boolean {
  return variation < 0.25 && swing > 0.5 && swing < 1.6;
}

/** Five beats under 40/min; withdrawn by a steady lead or a steady pulse that is faster. */
function bradycardia(leads: readonly EcgEvidence[], pulses: readonly PulseEvidence[]): Verdict {
  const slow = leads.filter(({ five }) => five > 0 && five < SLOW);
  if (slow.length === 0) return NO;
  const rate = Math.max(...slow.map(({ five }) => five));
  const isFaster =
    leads.some(({ five, variation }) => five > 50 && variation < 0.2) ||
    pulses.some(({ variation, slowest }) => variation < 0.2 && slowest > 50);
  return { holds: !isFaster, value: tenth(rate), unit: '/min', doubt: null, ago: 240 / rate };
}

/** Seventeen beats over 140/min on a lead, and all leads or a pulse near it (noise on one lead is fast too); withdrawn by a steady slower pulse. */
function tachycardia(leads: readonly EcgEvidence[], pulses: readonly PulseEvidence[]): Verdict {
  const rates = leads.map(({ seventeen }) => seventeen);
  const rate = Math.max(...rates);
  if (rate <= FAST) return NO;
  const isShared =
    Math.min(...rates) > NEARLY_FAST || pulses.some(({ fastest, burst }) => Math.max(fastest, burst) > FAST - 10);
  const isSlower = pulses.some(({ variation, fastest }) => variation < 0.2 && fastest < FAST - 15);
  return { holds: isShared && !isSlower, value: tenth(rate), unit: '/min', doubt: null, ago: 960 / rate };
}

/** A run of ventricular beats that the trees accept. */
function ventricularTachycardia(run: StreamedRun | null): Verdict {
  if (run === null) return NO;
  const { beats, rate, ago } = run;
  const trust = runTrust(run);
  const reason = run.isOpposed ? 'a steady lead or pulse is slower' : 'doubtful run';
  return {
    holds: trust !== 'none',
    value: tenth(rate),
    unit: '/min',
    doubt: trust === 'sure' ? null : reason,
    ago: ago + (60 * (beats - 1)) / rate,
  };
}

/** Four seconds of fibrillatory waves on a lead and no steady beats on any; withdrawn by a pulse that goes on. */
function fibrillation(leads: readonly EcgEvidence[], pulses: readonly PulseEvidence[]): Verdict {
  const leakage = Math.min(...leads.map(({ wave }) => wave.leakage));
  const isFibrillatory = leads.some(
    ({ wave }) =>
      wave.leakage <= LEAKAGE && wave.frequency >= WAVES[0] && wave.frequency <= WAVES[1] && wave.size >= MIN_MV,
  );
  const isSteady = leads.some(({ variation, five }) => variation < 0.15 && five < 180);
  const goesOn = pulses.some(({ longest, variation }) => longest < 2 && variation < 0.4);
  return {
    holds: isFibrillatory && !isSteady && !goesOn,
    value: Math.round(100 * leakage) / 100,
    unit: '1',
    doubt: null,
    ago: 4,
  };
}

function tenth(value: number): number {
  return Math.round(10 * value) / 10;
}
