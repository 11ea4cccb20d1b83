import { BASELINE_PACK } from './baseline.js';
import { DETERIORATION_PACK } from './deterioration.js';
import { GLUCOSE_PACK } from './glucose.js';
import type { ConditionPack } from './pack.js';
import { RHYTHM_PACK } from './rhythm.js';
import { VITALS_PACK } from './vitals.js';

export const PACKS: readonly ConditionPack[] = [
  GLUCOSE_PACK,
  RHYTHM_PACK,
  DETERIORATION_PACK,
  VITALS_PACK,
  BASELINE_PACK,
];
