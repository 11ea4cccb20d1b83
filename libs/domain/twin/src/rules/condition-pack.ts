import type { MeasureName } from '#libs/domain/quantities';
import type { DerivedMeasure } from './derived.js';
import type { Detector, MeasureRule } from './rule.js';

/**
 * What belongs to one condition: the measures it reads, the rules over them, the detectors behind those, and what is derived from them. A
 * catalogue is made of packs; `apply` does not change with them.
 */
export interface ConditionPack {
  readonly id: string;
  readonly title: string;
  readonly measures: readonly MeasureName[];
  /** Within a group, highest severity first. */
  readonly rules: readonly MeasureRule[];
  /** Detectors that evaluate the stream rules among them. */
  readonly detectors: readonly Detector[];
  /** What follows from its measures; none where absent. */
  readonly derived: readonly DerivedMeasure[];
}
