import { SAMPLE_LIMITS } from '#libs/contracts';
import type { Measure } from '#libs/domain/quantities';
import { isCleanText } from './reference.js';

/** Quality as the sender says it. 0 good, 1 doubtful, 2 bad. */
export interface SentQuality {
  readonly level: 0 | 1 | 2;
  readonly reasons: readonly string[];
}

export type QualityReading =
  | { readonly ok: true; readonly quality: SentQuality }
  | { readonly ok: false; readonly message: string };

const LEVELS = { good: 0, doubtful: 1, bad: 2 } as const;
const GOOD: QualityReading = { ok: true, quality: { level: 0, reasons: [] } };

/** Below this a pulse oximeter's reading is doubtful (clinical reference: perfusion index under 0.3 %). */
const LOW_PERFUSION = 0.3;

/** Reads a sample's `quality`; absent is good. */
export function readQuality(raw: unknown, measure: Measure): QualityReading {
  if (raw === undefined || raw === null) return GOOD;
  if (typeof raw !== 'object' || Array.isArray(raw)) return wrong('quality must be an object');
  const { status = 'good', reasons = [], perfusionIndex } = raw as Readonly<Record<string, unknown>>;
  if (typeof status !== 'string' || !Object.hasOwn(LEVELS, status))
    return wrong('quality.status must be good, doubtful or bad');
  if (!Array.isArray(reasons) || reasons.length > SAMPLE_LIMITS.reasons || !reasons.every(isReason)) {
    return wrong(
      `quality.reasons must be at most ${SAMPLE_LIMITS.reasons} texts of 1 to ${SAMPLE_LIMITS.reason} characters`,
    );
  }
  if (
    perfusionIndex !== undefined &&
    !(typeof perfusionIndex === 'number' && perfusionIndex >= 0 && perfusionIndex <= 100)
  ) {
    return wrong('quality.perfusionIndex must be a number from 0 to 100');
  }
  const level = LEVELS[status as keyof typeof LEVELS];
  const pulsatile = measure.name === 'oxygen-saturation' || measure.name === 'ppg';
  if (pulsatile && typeof perfusionIndex === 'number' && perfusionIndex < LOW_PERFUSION) {
    return {
      ok: true,
      quality: { level: level === 0 ? 1 : level, reasons: [...(reasons as string[]), 'low-perfusion'] },
    };
  }
  return { ok: true, quality: { level, reasons: reasons as string[] } };
}

function isReason(reason: unknown): boolean {
  return (
    typeof reason === 'string' && reason.length > 0 && reason.length <= SAMPLE_LIMITS.reason && isCleanText(reason)
  );
}

function wrong(message: string): QualityReading {
  return { ok: false, message };
}
