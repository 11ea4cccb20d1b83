import type { Draft } from '../state/draft.js';
import { layersOf, limitsAt } from '../limits/limits.js';
import { personOf } from '../facts/person.js';
import type { MeasureRule, Rule } from '../rules/rule.js';
import type { EpisodeState, Run } from '../state/episode-state.js';
import type { Cited } from '../state/cited.js';

/** A value or weight, and those of a record that are compared with it. */
interface Compared {
  /** Of a limit rule a value, of a stream rule the weight of a finding. */
  readonly far: number;
  /** Only values later than this count, effective time. */
  readonly asOf: number;
  readonly run: Run | undefined;
  /** A doubtful value counts at once, or only if the next one is like it. */
  readonly doubtful: 'counts' | 'confirmed';
}

/**
 * Whether an episode is clearly further beyond its limit than `far`: by the rule's `further` step, in the finding, or in the record's values
 * (`fresh`) for as long as the rule's severest limit requires. Else the values in a row that are, so far.
 */
export function isFurther(
  draft: Draft,
  rule: Rule,
  { finding }: EpisodeState,
  { far, asOf, run: before, doubtful }: Compared,
  fresh: readonly Cited[],
): { readonly met: boolean; readonly run: Run | undefined } {
  if (rule.further === undefined) return { met: false, run: before };
  const { step } = rule.further;
  if (rule.kind !== 'limit') return { met: (finding?.weight ?? far) >= far + step, run: before };
  const side = rule.direction === 'below' ? -1 : 1;
  const tier = rule.tiers.at(-1)!;
  const { [tier.raiseSeconds]: seconds } = limitsAt(rule, layersOf(draft, rule.id), personOf(draft.facts), asOf);
  let run = before;
  for (const { t, x, quality } of fresh) {
    if (quality === 2 || t <= asOf) continue;
    run = (x - far) * side < step ? undefined : { from: run?.from ?? t, n: (run?.n ?? 0) + 1 };
    const samples = quality === 1 && doubtful === 'confirmed' ? Math.max(2, tier.raiseSamples) : tier.raiseSamples;
    if (run !== undefined && run.n >= samples && t - run.from >= seconds! * 1000) return { met: true, run };
  }
  return { met: false, run };
}

/** The furthest that these episodes were beyond the limit, as far as is remembered; undefined: no step says what is clearly further. */
export function furthestOf(rule: MeasureRule, episodes: readonly (EpisodeState | undefined)[]): number | undefined {
  if (rule.further === undefined) return undefined;
  const known = episodes.flatMap((episode) => {
    if (episode === undefined) return [];
    const { cites, finding, recurring } = episode;
    const own = rule.kind === 'limit' ? cites.map(({ x }) => x) : [finding?.weight];
    return [...own, recurring?.far].filter((x) => x !== undefined);
  });
  if (known.length === 0) return undefined;
  return rule.kind === 'limit' && rule.direction === 'below' ? Math.min(...known) : Math.max(...known);
}
