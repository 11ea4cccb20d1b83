import type { FoldedMeasure } from '../rules/derived.js';
import type { Draft } from '../state/draft.js';
import type { Effect } from '../time/effect.js';
import type { Past } from '../time/past.js';
import type { Sample } from '../rules/judged-sample.js';
import { isExact } from '../ingest/sample.js';

/** Brings the folded measures over this measure up to the record's values, from as far back as it changed anything. */
export function derive(draft: Draft, effect: Effect, past: Past): void {
  for (const measure of draft.catalogue.foldedOf(effect.code)) {
    const before = draft.base.derived[measure.name] ?? null;
    const memory = foldOn(measure, before, effect, past);
    if (memory === null) delete draft.derived[measure.name];
    else draft.derived[measure.name] = memory;
  }
}

function foldOn(measure: FoldedMeasure, before: unknown, { code, dirty }: Effect, past: Past): unknown {
  if (dirty === null) return exact(past.onward(code)).reduce(measure.step, before);
  const { memory, from } = measure.rewind(before, dirty);
  return exact(past.since(code, from)).reduce(measure.step, memory);
}

function exact(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter(({ cited }) => isExact(cited));
}
