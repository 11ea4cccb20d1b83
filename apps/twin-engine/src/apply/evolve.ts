import type { PatientInput } from '#libs/contracts';
import {
  apply,
  createMemory,
  type Applied,
  type Catalogue,
  type Needs,
  type StoredMeasurement,
} from '#libs/domain/twin';
import { reasonOf } from '#libs/platform/messaging';
import { CoreBudget } from './core-budget.js';
import { loadNeeds, type Wanted } from './load-needs.js';
import type { Lookups } from './lookups.js';
import type { Bounds, Progress, Work } from './progress.js';

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
    const wanted: Wanted<R>[] = [];
    for (const progress of pending) {
      // Of one record nothing is left to others, however long it takes.
      const isBounded = progress.work.records.length > 1;
      if (isBounded) progress.budget.begin();
      const needs = advance(progress, catalogue);
      progress.work.taken = progress.next;
      if (needs !== undefined) {
        if (rounds === maxRounds) throw new Error('the core keeps asking for what it was given');
        wanted.push({ progress, needs, input: progress.work.records[progress.next]!.input });
        wanted.push(...lookAhead(progress, catalogue));
      }
      if (isBounded) progress.budget.end();
      if (performance.now() - yieldedAt < YIELD_AFTER_MS) continue;
      await new Promise((resolve) => setImmediate(resolve));
      yieldedAt = performance.now();
    }
    if (wanted.length === 0) return { rounds };
    await loadNeeds(wanted, lookups, bounds);
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
): Wanted<R>[] {
  const found: Wanted<R>[] = [];
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
