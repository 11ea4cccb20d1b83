import type { MeasureName } from '#libs/domain/quantities';
import type { DerivedMeasure } from '../rules/derived.js';
import type { Detector, MeasureRule } from '../rules/rule.js';

/**
 * What belongs to one condition: the measures it reads, the rules over them, the detectors behind those, and what is derived from them. A new pack is a new
 * file and a line in packs.ts; the engine does not change.
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
