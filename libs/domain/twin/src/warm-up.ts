import type { Draft } from './state/draft.js';
import type { Detector } from './rules/rule.js';

const DAY = 24 * 3_600_000;

/**
 * Whether the detector has seen too little since its memory began anew to say that something is over.
 *
 * @param newest newest effective time of what it reads, ms
 */
export function isWarmingUp(draft: Draft, detector: Detector, newest: number): boolean {
  const since = draft.warmingUp[detector.id];
  if (since === undefined) return false;
  const needed = detector.warmUpMs ?? detector.settling?.warmUpMs ?? DAY;
  if (newest - since < needed) return true;
  const { [detector.id]: _, ...others } = draft.warmingUp;
  draft.warmingUp = others;
  draft.changed = true;
  return false;
}
