import { BASELINE_PACK } from './baseline/baseline.js';
import { DETERIORATION_PACK } from './deterioration/deterioration.js';
import { GLUCOSE_PACK } from './glucose/glucose.js';
import type { ConditionPack } from './pack.js';
import { RHYTHM_PACK } from './rhythm/rhythm.js';
import { VITALS_PACK } from './vitals.js';

export const PACKS: readonly ConditionPack[] = [
  GLUCOSE_PACK,
  RHYTHM_PACK,
  DETERIORATION_PACK,
  VITALS_PACK,
  BASELINE_PACK,
];
