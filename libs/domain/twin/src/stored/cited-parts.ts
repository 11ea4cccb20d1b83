import type { Finding } from '../alerts/finding.js';
import type { Cited } from '../state/cited.js';
import type { EpisodeState } from '../state/episode-state.js';
import type { DetectorMachine, Kept, Machine, OpenEpisode, RuleState, TierState } from '../state/machine-state.js';
import type { MeasureState, TwinState } from '../state/state.js';

/** `T` with each cited measurement in the form `C`. */
export type Citing<C, T> = T extends Cited ? C : T extends object ? { readonly [K in keyof T]: Citing<C, T[K]> } : T;

/** Brings one cited measurement into another form. */
export type Form<A, B> = (cited: A) => B;

/** The memory of the detector `id`, with its cited measurements in the other form. */
export type MemoryForm = (id: string, memory: unknown) => unknown;

/** A twin with every cited measurement in another form; nothing else changes, not even the order of its parts. */
export function mapTwin<A, B>(
  twin: Citing<A, TwinState>,
  form: Form<A, B>,
  memoryForm: MemoryForm,
): Citing<B, TwinState> {
  return {
    ...twin,
    measures: mapRecord(twin.measures, (measure) => mapMeasure(measure, form)),
    detectors: mapRecord(twin.detectors, (kept, id) =>
      mapKept(kept, (machine) => mapDetector(machine, form, (memory) => memoryForm(id, memory))),
    ),
    rules: mapRecord(twin.rules, (state) => mapRule(state, form)),
  };
}

function mapMeasure<A, B>(measure: Citing<A, MeasureState>, form: Form<A, B>): Citing<B, MeasureState> {
  const { latest } = measure;
  return { ...measure, latest: latest === null ? null : form(latest) };
}

function mapDetector<A, B>(
  machine: Citing<A, DetectorMachine>,
  form: Form<A, B>,
  memoryForm: (memory: unknown) => unknown,
): Citing<B, DetectorMachine> {
  const { memory, open } = machine;
  return {
    ...machine,
    memory: memory === null ? null : memoryForm(memory),
    open: mapRecord(open, (one) => mapOpen(one, form)),
  };
}

function mapRule<A, B>(state: Citing<A, RuleState>, form: Form<A, B>): Citing<B, RuleState> {
  const kept: Kept<Citing<A, Machine>> = state;
  return {
    ...state,
    ...mapKept(kept, (machine) => mapMachine(machine, form)),
    episodes: state.episodes.map((episode) => mapEpisode(episode, form)),
  };
}

function mapKept<M, N>(kept: Kept<M>, of: (machine: M) => N): Kept<N> {
  return { ...kept, now: kept.now === null ? null : of(kept.now), machines: kept.machines.map(of) };
}

function mapMachine<A, B>(machine: Citing<A, Machine>, form: Form<A, B>): Citing<B, Machine> {
  const { tiers, open } = machine;
  return {
    ...machine,
    tiers: tiers.map((tier) => mapTier(tier, form)),
    open: open === null ? null : mapOpen(open, form),
  };
}

function mapTier<A, B>(tier: Citing<A, TierState>, form: Form<A, B>): Citing<B, TierState> {
  const { run } = tier;
  return { ...tier, run: run === null ? null : { ...run, first: form(run.first) } };
}

function mapOpen<A, B>(open: Citing<A, OpenEpisode>, form: Form<A, B>): Citing<B, OpenEpisode> {
  const { first, met, worst, finding } = open;
  const rest: Omit<typeof open, 'finding'> = open;
  return {
    ...rest,
    first: form(first),
    met: form(met),
    worst: form(worst),
    ...(finding === undefined ? undefined : { finding: mapFinding(finding, form) }),
  };
}

function mapEpisode<A, B>(episode: Citing<A, EpisodeState>, form: Form<A, B>): Citing<B, EpisodeState> {
  const { cites, finding } = episode;
  const rest: Omit<typeof episode, 'finding'> = episode;
  return {
    ...rest,
    cites: cites.map(form),
    ...(finding === undefined ? undefined : { finding: mapFinding(finding, form) }),
  };
}

/** A finding with its cited measurements in another form. */
export function mapFinding<A, B>(finding: Citing<A, Finding>, form: Form<A, B>): Citing<B, Finding> {
  return { ...finding, cites: finding.cites.map(form) };
}

/** Each entry of a record changed; an own `__proto__` stays one. */
export function mapRecord<V, W>(
  record: Readonly<Record<string, V>>,
  of: (value: V, key: string) => W,
): Readonly<Record<string, W>> {
  const changed = { ...record } as Record<string, unknown>;
  for (const key of Object.keys(record)) changed[key] = of(record[key]!, key);
  return changed as Record<string, W>;
}
