import { catalogueOf, type Catalogue, type ConditionPack } from '#libs/domain/twin';
import { BASELINE_PACK } from './baseline/baseline.js';
import { DETERIORATION_PACK } from './deterioration/deterioration.js';
import { GLUCOSE_PACK } from './glucose/glucose.js';
import { RHYTHM_PACK } from './rhythm/rhythm.js';
import { VITALS_PACK } from './vitals/vitals.js';

export const PACKS: readonly ConditionPack[] = [
  GLUCOSE_PACK,
  RHYTHM_PACK,
  DETERIORATION_PACK,
  VITALS_PACK,
  BASELINE_PACK,
];

/** All packs: what an app takes where it is composed, unless it is given another. */
export const DEFAULT_CATALOGUE: Catalogue = catalogueOf(PACKS);
