import type { PatientInput, WireSample } from '#libs/contracts';
import {
  apply,
  createMemory,
  identityOfSample,
  senderOf,
  type Applied,
  type Catalogue,
  type Needs,
  type PatientMemory,
  type StoredMeasurement,
  type TwinState,
} from '#libs/domain/twin';
import { reasonOf } from '#libs/platform/messaging';
import type { WantedIdentity, WantedWindow } from '#libs/platform/storage';
import { CoreBudget } from './core-budget.js';
import { loadFormer } from './former-identities.js';
import type { Lookups } from './lookups.js';

/** A patient's records of a chunk, in log order, on their way through the pure core. */
export interface Work<Record extends { readonly input: PatientInput }> {
  readonly tenant: number;
  readonly twin: string;
  readonly records: readonly Record[];
  state: TwinState;
  readonly applied: { readonly record: Record; readonly result: Applied }[];
  readonly failed: { readonly record: Record; readonly reason: string }[];
  /** What is known of the patient's stored measurements already; kept up with what is applied. */
  readonly memory?: PatientMemory;
  /** How many records, from the first on, were taken; the rest exceeded the bounds and is as if it had not been given. */
  taken: number;
}

/** What one patient may cost of a chunk that others wait for. */
export interface Bounds {
  /** Milliseconds of the processor in the core; the record that exceeds them is the patient's last of this chunk. */
  readonly maxMs: number;
  /** Stored values that a late value may need; what becomes of a record that needs more. */
  readonly onTooMany: 'leave' | 'reject';
}

interface Progress<R extends { readonly input: PatientInput }> {
  readonly work: Work<R>;
  readonly memory: PatientMemory;
  /** Newest versions written by this chunk: not in the database yet, so laid over what is loaded. */
  readonly fresh: Map<string, StoredMeasurement>;
  next: number;
  readonly budget: CoreBudget;
  looksAhead: number;
  isOver: boolean;
}

/** A record asks for identities, then for windows; more rounds than this for one record means that it is never satisfied. */
const MAX_ROUNDS_PER_RECORD = 4;
/** Looks at all records behind the one at hand, per chunk and patient: each costs as much as applying them. */
const LOOKS_AHEAD = 3;
/** Other work of the process runs after this long. */
const YIELD_AFTER_MS = 15;

/**
 * Applies all records of a chunk. What the core needs to know first is gathered over all patients and loaded in one query per
 * kind; then the core is asked again. A record that makes the core throw is dead-lettered with its reason, and the others are applied. A patient
 * who exceeds the bounds is taken up to there; which records that is changes nothing of what comes of them.
 */
export async function evolve<R extends { readonly input: PatientInput }>(
  works: readonly Work<R>[],
  catalogue: Catalogue,
  lookups: Lookups,
  bounds: Bounds,
): Promise<{ readonly rounds: number }> {
  let pending: Progress<R>[] = works.map((work) => {
    const memory = work.memory ?? createMemory();
    return {
      work,
      memory,
      fresh: new Map(),
      next: 0,
      budget: new CoreBudget(bounds.maxMs),
      looksAhead: 0,
      isOver: false,
    };
  });
  let yieldedAt = performance.now();
  const maxRounds = works.reduce((most, work) => Math.max(most, work.records.length), 0) * MAX_ROUNDS_PER_RECORD;
  for (let rounds = 0; ; rounds++) {
    const wanted: { progress: Progress<R>; needs: Needs; input: PatientInput }[] = [];
    for (const progress of pending) {
      progress.budget.begin();
      const needs = advance(progress, catalogue);
      progress.work.taken = progress.next;
      if (needs !== undefined) {
        if (rounds === maxRounds) throw new Error('the core keeps asking for what it was given');
        wanted.push({ progress, needs, input: progress.work.records[progress.next]!.input });
        wanted.push(...lookAhead(progress, catalogue));
      }
      progress.budget.end();
      if (performance.now() - yieldedAt < YIELD_AFTER_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      yieldedAt = performance.now();
    }
    if (wanted.length === 0) return { rounds };
    await load(wanted, lookups, bounds);
    pending = [...new Set(wanted.map(({ progress }) => progress))].filter(({ isOver }) => !isOver);
  }
}

/** Applies records until one needs something, or the patient's time is used up. */
function advance<R extends { readonly input: PatientInput }>(
  progress: Progress<R>,
  catalogue: Catalogue,
): Needs | undefined {
  const { work, memory, fresh, budget } = progress;
  for (; progress.next < work.records.length; progress.next++) {
    if (progress.next > 0 && budget.isSpent()) return undefined;
    const record = work.records[progress.next]!;
    let result: Applied | Needs;
    try {
      result = apply(catalogue, work.state, record.input, memory);
    } catch (error) {
      work.failed.push({ record, reason: `the core failed: ${reasonOf(error)}` });
      continue;
    }
    if (result.kind === 'needs') return result;
    work.state = result.state;
    work.applied.push({ record, result });
    memory.remember(result);
    if (work.records.length > 1) keepFresh(fresh, result);
  }
  return undefined;
}

function keepFresh(fresh: Map<string, StoredMeasurement>, { measurements, judgements }: Applied): void {
  for (const measurement of measurements) fresh.set(measurement.identity, measurement);
  for (const { identity, version, quality, reasons } of judgements) {
    const stored = fresh.get(identity);
    if (stored?.version === version) fresh.set(identity, { ...stored, judged: { quality, reasons } });
  }
}

/**
 * What the records behind the one at hand seem to need, judged by the state before them: mostly right, so that a chunk is one
 * round of queries and not one per record. What is loaded needlessly does no harm.
 */
function lookAhead<R extends { readonly input: PatientInput }>(
  progress: Progress<R>,
  catalogue: Catalogue,
): { progress: Progress<R>; needs: Needs; input: PatientInput }[] {
  const found: { progress: Progress<R>; needs: Needs; input: PatientInput }[] = [];
  if (progress.looksAhead++ >= LOOKS_AHEAD) return found;
  for (const { input } of progress.work.records.slice(progress.next + 1)) {
    if (input.kind !== 'samples' && input.kind !== 'clinical') continue;
    try {
      const needs = apply(catalogue, progress.work.state, input, progress.memory);
      // Stretches of the past are loaded one record at a time: there may be many, and neighbours share them.
      if (needs.kind === 'needs')
        found.push({
          progress,
          input,
          needs: { ...needs, windows: needs.windows.filter(({ until }) => until === undefined) },
        });
    } catch {
      // Reported when its turn comes.
    }
  }
  return found;
}

async function load<R extends { readonly input: PatientInput }>(
  wanted: readonly { progress: Progress<R>; needs: Needs; input: PatientInput }[],
  lookups: Lookups,
  { onTooMany }: Bounds,
): Promise<void> {
  const identities = new Map<string, { progress: Progress<R>; want: WantedIdentity; id?: string | undefined }>();
  const windows = new Map<string, { progress: Progress<R>; want: WantedWindow }>();
  for (const { progress, needs, input } of wanted) {
    const { tenant, twin } = progress.work;
    const places = needs.identities.length === 0 ? undefined : placesOf(input);
    for (const identity of needs.identities) {
      const { id, ...place } = places?.get(identity) ?? { code: 0, t: 0 };
      identities.set(`${tenant}/${twin}/${identity}`, { progress, want: { tenant, twin, identity, ...place }, id });
    }
    for (const { code, from, until } of needs.windows) {
      const want = { tenant, twin, code, from, ...(until === undefined ? undefined : { until }) };
      const id = until === undefined ? `${tenant}/${twin}/${code}` : `${tenant}/${twin}/${code}/${from}/${until}`;
      const earlier = windows.get(id);
      // One window up to now per measure: the widest asked for serves all.
      if (earlier === undefined || earlier.want.from > from) windows.set(id, { progress, want });
    }
  }
  const found = await lookups.identities([...identities.values()].map(({ want }) => want));
  const absent = [...identities.values()].flatMap(({ progress, want, id }, index) =>
    id === undefined || progress.fresh.has(want.identity) || found[index] !== undefined ? [] : [{ ...want, id }],
  );
  const formers = await loadFormer(absent, lookups);
  const lists = await lookups.windows([...windows.values()].map(({ want }) => want));
  [...identities].forEach(([key, { progress, want }], index) => {
    const stored = progress.fresh.get(want.identity) ?? found[index] ?? null;
    const former = (formers.get(key) ?? []).map((one) => progress.fresh.get(one.identity) ?? one);
    progress.memory.load({ identities: [{ identity: want.identity, stored, former }] });
  });
  const exceeding = new Set<Progress<R>>();
  [...windows.values()].forEach(({ progress, want }, index) => {
    const list = lists[index] ?? [];
    if (list === 'too-many') {
      exceeding.add(progress);
      return;
    }
    const measurements = laidOver(list, progress.fresh, want);
    progress.memory.load({ windows: [{ ...want, measurements }] });
  });
  for (const progress of exceeding) {
    const { work } = progress;
    if (onTooMany === 'leave') progress.isOver = true;
    else {
      const reason = 'more stored values would have to be re-evaluated than the engine can hold';
      work.failed.push({ record: work.records[progress.next]!, reason });
      progress.next++;
      work.taken = progress.next;
    }
  }
}

/** A stored window with this chunk's own versions in place of those they replace. */
function laidOver(
  stored: readonly StoredMeasurement[],
  fresh: ReadonlyMap<string, StoredMeasurement>,
  { code, from, until = Infinity }: Pick<WantedWindow, 'code' | 'from' | 'until'>,
): readonly StoredMeasurement[] {
  if (fresh.size === 0) return stored;
  const kept = stored.filter((measurement) => !fresh.has(measurement.identity));
  for (const measurement of fresh.values()) {
    const { t } = measurement;
    if (measurement.code === code && t >= from && t <= until && !measurement.retracted) kept.push(measurement);
  }
  return kept;
}

interface Place {
  readonly code: number;
  readonly t: number;
  /** Source identifier of a FHIR resource's value that may be stored under a former identity. */
  readonly id?: string;
}

/** Where each sample of a record stands or would stand, by identity. */
function placesOf(input: PatientInput): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  if (input.kind !== 'samples' && input.kind !== 'clinical') return places;
  const sender = senderOf(input);
  for (const sample of input.samples) {
    places.set(identityOfSample(sample, sender), { code: sample.c, t: sample.t, ...formerId(input, sample) });
  }
  return places;
}

/** Records of earlier versions of this software, which have no author, do not say whether a resource has earlier versions. */
function formerId(input: PatientInput, { i, k }: WireSample): { readonly id?: string } {
  if (input.kind !== 'clinical' || i === undefined) return {};
  return k === 1 || input.author === undefined ? { id: i } : {};
}
