import {
  BASELINE_SPECS,
  deviationOf,
  observe,
  rewind,
  type BaselineMeasure,
  type BaselineState,
} from '#libs/domain/baseline';
import { measureByName } from '#libs/domain/quantities';
import type { Derived, FoldedMeasure } from '../derived.js';

/** How far a value is from what is usual for this person at this time of day, in robust spreads: libs/domain/baseline. */
export function deviation(measure: BaselineMeasure): FoldedMeasure {
  const { number, title } = measureByName(measure)!;
  const spec = BASELINE_SPECS[measure];
  return {
    kind: 'folded',
    name: `${measure}-deviation`,
    title: `${title}: deviation from what is usual for this person at this time of day`,
    unit: '1',
    of: [measure],
    code: number,
    // What is doubtful teaches nothing.
    step: (memory, { cited: [, , t, x, quality] }) =>
      quality === 0 ? observe(spec, memory as BaselineState | null, t, x) : memory,
    rewind: (memory, t) => {
      const { state, from } = rewind(memory as BaselineState | null, t);
      return { memory: state, from };
    },
    read: (memory, [, , t, x]): Derived => {
      const found = deviationOf(spec, memory as BaselineState | null, t, x);
      if (found.kind === 'refused') return { refused: found.reason };
      const { z, expected, spread, days } = found;
      return { value: z, parts: { expected, spread, days } };
    },
  };
}
