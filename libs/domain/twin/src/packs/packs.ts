import { BASELINE_PACK } from './baseline/baseline.js';
import { DETERIORATION_PACK } from './deterioration/deterioration.js';
import { GLUCOSE_PACK } from './glucose/glucose.js';
import { catalogueOf, type Catalogue } from '../rules/catalogue.js';
import type { ConditionPack } from '../rules/condition-pack.js';
import { RHYTHM_PACK } from './rhythm/rhythm.js';
import { VITALS_PACK } from './vitals.js';

export const PACKS: readonly ConditionPack[] = [
  GLUCOSE_PACK,
  RHYTHM_PACK,
  DETERIORATION_PACK,
  VITALS_PACK,
  BASELINE_PACK,
];

/** All packs: what an app takes where it is composed, unless it is given another. */
export const DEFAULT_CATALOGUE: Catalogue = catalogueOf(PACKS);
