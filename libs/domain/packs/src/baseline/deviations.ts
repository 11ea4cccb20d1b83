import {
  BASELINE_SPECS,
  deviationOf,
  observe,
  rewind,
  usualAt,
  type BaselineMeasure,
  type BaselineState,
} from '#libs/domain/baseline';
import { measureByName } from '#libs/domain/quantities';
import type { Derived, FoldedMeasure } from '#libs/domain/twin';

/** How far a value is from what is usual for this person at this time of day, in robust spreads: libs/domain/baseline. */
export function deviation(measure: BaselineMeasure): FoldedMeasure {
  const { number, title } = measureByName(measure);
  const spec = BASELINE_SPECS[measure];
  return {
    kind: 'folded',
    name: `${measure}-deviation`,
    title: `${title}: deviation from what is usual for this person at this time of day`,
    unit: '1',
    of: [measure],
    code: number,
    // Doubtful values do not update the baseline.
    step: (memory, { cited }) =>
      cited.quality === 0 ? observe(spec, memory as BaselineState | null, cited.t, cited.x) : memory,
    rewind: (memory, t) => {
      const { state, from } = rewind(spec, memory as BaselineState | null, t);
      return { memory: state, from };
    },
    read: (memory, cited): Derived => {
      const usual = usualAt(spec, memory as BaselineState | null, cited.t);
      if ('refused' in usual) return usual;
      return { value: deviationOf(usual, cited.x), parts: usual };
    },
  };
}
