import { stepDetector, type Surroundings } from '../machines/detector-machine.js';
import { drop, type Draft } from '../state/draft.js';
import type { Effect } from './effect.js';
import { fold, machineBefore, NO_RULE_STATE, NOTHING_KEPT } from './fold.js';
import { layersOf, limitsAt } from '../limits/limits.js';
import { stepLimits, type FoundEpisode } from '../machines/limit-machine.js';
import { timeOf, type Past } from './past.js';
import { isWarmingUp } from '../warm-up.js';
import { personOf } from '../facts/person.js';
import { refusalOf } from '../rules/refuses.js';
import type { Detector, LimitRule, MeasureRule } from '../rules/rule.js';
import type { Sample } from '../rules/judged-sample.js';
import { refuseCited } from '../ingest/refuse.js';
import { inOrder, isExact } from '../ingest/sample.js';
import type { DetectorMachine, Kept, Machine } from '../state/machine-state.js';

/** What the fold of a rule, or of a detector for one of its rules, found. */
export interface Followed {
  readonly rule: MeasureRule;
  /** Catalogue numbers of the measures that it reads. */
  readonly codes: readonly number[];
  readonly found: readonly FoundEpisode[];
  /** Where a refold began; null when the values only went on from the newest. */
  readonly since: number | null;
  /** Newest effective time of what the rule reads. */
  readonly newest: number;
  /** Ordinals of the emitted episodes that were re-evaluated, where that is not all from `since` on. */
  readonly touched?: ReadonlySet<number>;
}

/** Where a fold starts, and what it sees from there. */
interface Part<M> {
  readonly machine: M | null;
  readonly from: number | null;
  readonly samples: readonly Sample[];
  readonly since: number | null;
}

/** A fold as {@link partOf} has to know it. */
interface Folding<M> {
  readonly code: number;
  readonly before: Kept<M>;
  /** Earlier than this its episodes are forgotten. */
  readonly floor: number | null;
}

/** Folds a limit rule over what the record brought, from as far back as it changed anything. */
export function followLimits(
  draft: Draft,
  rule: LimitRule,
  effects: ReadonlyMap<number, Effect>,
  past: Past,
): Followed | undefined {
  const newest = newestOf(rule.codes, draft.measures);
  if (newest === null) return undefined;
  const before = draft.rules[rule.id] ?? NO_RULE_STATE;
  const folding = { code: rule.codes[0], before, floor: before.floor };
  const beforeNewest = newestOf(rule.codes, draft.base.measures);
  const part = partOf(draft, folding, beforeNewest, effects, past);
  const layers = layersOf(draft, rule.id);
  const person = personOf(draft.facts);
  const found: FoundEpisode[] = [];
  const step = (machine: Machine | null, { cited }: Sample): Machine | null => {
    if (cited.quality === 2) return machine;
    if (rule.refuses === undefined || refusalOf(rule, person, cited.t) === null) {
      return stepLimits(rule, layers, person, machine, cited, found);
    }
    drop(draft, 'outside-population');
    if (machine?.open) found.push({ ...machine.open, end: cited.t, cleared: null });
    return null;
  };
  const kept = fold(step, timeOf, { ...part, before, beforeNewest }, part.samples, newest);
  if (kept.now?.open) found.push({ ...kept.now.open, end: null, cleared: null });
  const nothing = kept.now === null && kept.grid.length === 0 && found.length === 0;
  if (nothing && before === NO_RULE_STATE) return undefined;
  draft.rules[rule.id] = { ...before, ...kept };
  return { rule, codes: rule.codes, found, since: part.since, newest };
}

/** The same for a detector, for each of its rules. */
export function followDetector(
  draft: Draft,
  detector: Detector,
  effects: ReadonlyMap<number, Effect>,
  past: Past,
): readonly Followed[] {
  const { codes, rules } = detector;
  const newest = newestOf(codes, draft.measures);
  if (newest === null) return [];
  const before: Kept<DetectorMachine> = draft.detectors[detector.id] ?? NOTHING_KEPT;
  const beforeNewest = newestOf(codes, draft.base.measures);
  const found = new Map<string, FoundEpisode[]>(rules.map((rule) => [rule.id, []]));
  const around = { ...surroundingsOf(draft, found), isWarmingUp: isWarmingUp(draft, detector, newest) };
  const step = (machine: DetectorMachine | null, sample: Sample): DetectorMachine | null => {
    if (sample.cited.quality === 2 || !isExact(sample.cited)) return machine;
    const t = sample.cited.t;
    around.now = detector.late === 'refold' ? t : Math.max(around.now, beforeNewest ?? t, t);
    return stepDetector(detector, around, machine, sample);
  };
  let kept: Kept<DetectorMachine>;
  let since: number | null = null;
  if (detector.late === 'refold') {
    const floors = rules.flatMap((rule) => draft.rules[rule.id]?.floor ?? []);
    const folding = { code: codes[0]!, before, floor: floors.length === 0 ? null : Math.max(...floors) };
    const part = partOf(draft, folding, beforeNewest, effects, past);
    kept = fold(step, timeOf, { ...part, before, beforeNewest }, part.samples, newest);
    since = part.since;
  } else {
    const start = forgetting(detector, before.now, effects);
    const samples = inTime(codes.flatMap((code) => (effects.has(code) ? past.fresh(code) : [])));
    kept = { ...NOTHING_KEPT, now: start };
    samples.forEach((sample, i) => {
      around.isAmid = samples[i + 1]?.cited.t === sample.cited.t;
      kept = { ...kept, now: step(kept.now, sample) };
    });
  }
  if (kept.now !== null || kept.grid.length > 0 || before !== NOTHING_KEPT) draft.detectors[detector.id] = kept;
  return rules.flatMap((rule) => {
    const all = found.get(rule.id)!;
    const open = kept.now?.open[rule.id];
    if (open !== undefined) all.push({ ...open, end: null, cleared: null });
    return all.length === 0 && draft.rules[rule.id] === undefined ? [] : [{ rule, codes, found: all, since, newest }];
  });
}

/** `found` takes the ended episodes, by rule id. */
export function surroundingsOf(
  draft: Draft,
  found: ReadonlyMap<string, FoundEpisode[]>,
  refused: Surroundings['refused'] = (reason, cited) =>
    cited === undefined ? drop(draft, reason) : refuseCited(draft, cited, reason),
): Surroundings {
  const person = personOf(draft.facts);
  const around: Surroundings = {
    now: Number.NEGATIVE_INFINITY,
    limitsOf: (rule) => limitsAt(rule, layersOf(draft, rule.id), person, around.now),
    person,
    derived: (measure, cited) => measure.read(draft.derived[measure.name] ?? null, cited),
    ended: (rule, episode) => found.get(rule.id)!.push(episode),
    refused,
  };
  return around;
}

function forgetting(
  { codes, forget }: Detector,
  machine: DetectorMachine | null,
  effects: ReadonlyMap<number, Effect>,
): DetectorMachine | null {
  if (machine === null || forget === undefined) return machine;
  let { memory } = machine;
  for (const code of codes) {
    const changed = effects.get(code)?.changed;
    if (changed !== undefined && changed.size > 0) memory = forget(memory, changed);
  }
  return memory === machine.memory ? machine : { ...machine, memory };
}

export function newestOf(codes: readonly number[], measures: Draft['measures']): number | null {
  let newest: number | null = null;
  for (const code of codes) {
    const t = measures[code]?.t;
    if (t !== undefined && (newest === null || t > newest)) newest = t;
  }
  return newest;
}

/** From where on a fold over one measure has to go again: from the newest, or from the kept machine before what has changed. */
function partOf<M>(
  draft: Draft,
  { code, before, floor }: Folding<M>,
  beforeNewest: number | null,
  effects: ReadonlyMap<number, Effect>,
  past: Past,
): Part<M> {
  const goOn = { machine: before.now, from: beforeNewest, since: null };
  const dirty = effects.get(code)?.dirty ?? null;
  if (dirty === null || beforeNewest === null) return { ...goOn, samples: past.onward(code) };
  const kept = machineBefore(before, beforeNewest, dirty);
  if (floor !== null && kept.at < floor) {
    drop(draft, 'too-late-for-rules');
    return { ...goOn, samples: past.fresh(code).filter(({ cited }) => cited.t > beforeNewest) };
  }
  return { machine: kept.machine, from: kept.at, since: kept.at, samples: past.since(code, kept.at) };
}

function inTime(samples: readonly Sample[]): readonly Sample[] {
  for (let i = 1; i < samples.length; i++) {
    if (inOrder(samples[i - 1]!.cited, samples[i]!.cited) > 0) {
      return samples.toSorted((a, b) => inOrder(a.cited, b.cited));
    }
  }
  return samples;
}
