import {
  mapFinding,
  type Circumstances,
  type Citing,
  type Detector,
  type DetectorStep,
  type Finding,
  type Sample,
} from '#libs/domain/twin';
import { deviation } from './deviations.js';
import { hold, NOT_HELD, type Hold } from '../hold.js';
import { HEART_RATE_UNUSUAL } from './unusual-rules.js';

/** A longer pause in the values starts the count towards raising anew. */
const MAX_GAP_MS = 15 * 60_000;
const NONE: DetectorStep['holds'] = {};
const NOTHING: DetectorStep = { memory: null, holds: NONE };

export const HEART_RATE_DEVIATION = deviation('heart-rate');

interface Memory {
  readonly held: Hold;
  /** Of the newest value beyond the limit. */
  readonly finding: Finding;
}

function step(memory: unknown, sample: Sample, at: Circumstances): DetectorStep {
  const before = memory as Memory | null;
  // A doubtful value neither raises nor clears: the rule can wait.
  if (sample.cited.quality !== 0) return before === null ? NOTHING : stepOf(before);
  const found = at.derived(HEART_RATE_DEVIATION, sample.cited);
  if ('refused' in found) return NOTHING;
  const limits = at.limitsOf(HEART_RATE_UNUSUAL);
  const held = before === null || isBroken(before.held, at.now) ? NOT_HELD : before.held;
  const met = Math.abs(found.value) >= (held.on ? limits['clearSpreads']! : limits['spreads']!);
  if (!met && held === NOT_HELD) return NOTHING;
  const next = hold(held, met, at.now, {
    forMs: limits['forSeconds']! * 1000,
    clearMs: limits['clearForSeconds']! * 1000,
    atOnce: false,
  });
  if (!next.on && next.since === null) return NOTHING;
  const finding = met || before === null ? findingOf(sample, found.value, found.parts ?? {}, limits) : before.finding;
  return stepOf({ held: next, finding });
}

function isBroken({ on, last }: Hold, now: number): boolean {
  return !on && last !== null && now - last > MAX_GAP_MS;
}

function stepOf(memory: Memory): DetectorStep {
  return { memory, holds: memory.held.on ? { [HEART_RATE_UNUSUAL.id]: memory.finding } : NONE };
}

function findingOf(
  { cited }: Sample,
  z: number,
  { expected, spread, days }: Readonly<Record<string, number>>,
  limits: Readonly<Record<string, number>>,
): Finding {
  const side = z > 0 ? 'above' : 'below';
  return {
    rank: 1,
    weight: Math.abs(z),
    cites: [cited],
    words: `Heart rate ${cited.x} /min, ${Math.abs(z).toFixed(1)} robust spreads ${side} the patient's baseline for this time of day`,
    limit: limits['spreads']!,
    limitName: 'spreads',
    unit: '{spread}',
    comparison: 'at-or-above',
    notes: [`baseline ${Math.round(expected!)} /min, robust spread ${spread!.toFixed(1)} /min, from ${days} days`],
  };
}

export const UNUSUAL_DETECTOR: Detector = {
  id: 'heart-rate-unusual',
  codes: [HEART_RATE_DEVIATION.code],
  rules: [HEART_RATE_UNUSUAL],
  late: 'refold',
  step,
  mapCited: <A, B>(memory: unknown, form: (cited: A) => B) => {
    const before = memory as Citing<A, Memory>;
    return { ...before, finding: mapFinding(before.finding, form) };
  },
};
