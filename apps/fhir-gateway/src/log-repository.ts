import {
  isMeasurementId,
  joinedKnown,
  ReadBudget,
  type CommitLookups,
  type CommitMode,
  type Committed,
  type Decision,
  type FhirKnown,
  type FhirRepository,
  type HistoryRequest,
  type KeptRequest,
  type LaterStep,
  type ReadLater,
  type RequestOrigin,
  type StepResult,
  type StoredResource,
  type VersionPlace,
} from '#libs/fhir-rest';
import { appendInTransaction } from '#libs/platform/messaging';
import { claimKey, finishJob, keepAnswer, type FhirStore, type MeasuredStore } from '#libs/platform/storage';
import { clinicalRecords } from './clinical/clinical-records.js';
import { rejectionsOf, replacedBy } from './clinical/rejections.js';

/**
 * The resources in Postgres; what a request says about patients is appended to the log in its own transaction. Measurements of wearable
 * senders are read as Observations beside them.
 */
export class LogRepository implements FhirRepository {
  constructor(
    private readonly store: FhirStore,
    private readonly measured: MeasuredStore,
  ) {}

  read(tenant: number, type: string, id: string): ReturnType<FhirRepository['read']> {
    return isMeasurementId(type, id) ? this.measured.read(tenant, id) : this.store.read(tenant, type, id);
  }

  readVersion(tenant: number, type: string, id: string, version: number): ReturnType<FhirRepository['readVersion']> {
    if (isMeasurementId(type, id)) return this.measured.readVersion(tenant, id, version);
    return this.store.readVersion(tenant, type, id, version);
  }

  async readEach(tenant: number, places: readonly VersionPlace[]): Promise<ReadonlyMap<string, StoredResource>> {
    const measured = places.filter(({ type, id }) => isMeasurementId(type, id));
    if (measured.length === 0) return this.store.readEach(tenant, places);
    const found = new Map(
      await this.store.readEach(
        tenant,
        places.filter((place) => !measured.includes(place)),
      ),
    );
    for (const { type, id, version } of measured) {
      const one = await (version === undefined
        ? this.read(tenant, type, id)
        : this.readVersion(tenant, type, id, version));
      if (one !== undefined) found.set(version === undefined ? `${type}/${id}` : `${type}/${id}/${version}`, one);
    }
    return found;
  }

  history(tenant: number, request: HistoryRequest): ReturnType<FhirRepository['history']> {
    const { of } = request;
    if (of.kind === 'instance' && isMeasurementId(of.type, of.id)) return this.measured.history(tenant, of.id, request);
    return this.store.history(tenant, request);
  }

  search(...asked: Parameters<FhirRepository['search']>): ReturnType<FhirRepository['search']> {
    return this.store.search(...asked);
  }

  lastOfEach(...asked: Parameters<FhirRepository['lastOfEach']>): ReturnType<FhirRepository['lastOfEach']> {
    return this.store.lastOfEach(...asked);
  }

  /**
   * Look, decide, write, append to the log. After it everything is durable, or nothing is there. Two round trips: what it looks up, and
   * all that it writes with the commit; one when there is nothing to look up, three when a patched resource refers to others.
   */
  commit(
    origin: RequestOrigin,
    lookups: CommitLookups,
    decide: (known: FhirKnown) => Decision,
    mode: CommitMode,
    kept?: KeptRequest,
    readLater?: ReadLater,
  ): Promise<Committed> {
    return this.store.transact<Committed>(async (transaction) => {
      const repetition = kept?.key && (await claimKey(transaction.client, origin.tenant, kept.key));
      if (repetition !== undefined) return { kind: 'refused', value: repetition };
      const found = await transaction.look(origin.tenant, lookups.first);
      const more = lookups.further(found);
      const known = more === undefined ? found : joinedKnown(found, await transaction.look(origin.tenant, more));
      const budget = new ReadBudget();
      const decided = decide(known);
      const decision = { ...decided, results: decided.results.map((result, index) => budget.take(result, index)) };
      if (mode === 'atomic' && decision.results.some((result) => result.kind === 'refused')) {
        return { kind: 'refused', value: { kind: 'committed', decision } };
      }
      const written = transaction.write(origin.tenant, decision.changes);
      const value = await withLater(decision, written, budget, (step) => readLater?.(step, transaction));
      if (mode === 'atomic' && value.results.some((result) => result.kind === 'refused')) {
        return { kind: 'refused', value: { kind: 'committed', decision: value } };
      }
      const answer = kept?.answer(value);
      if (kept?.job && answer) {
        await written;
        const counts = await finishJob(transaction.client, origin.tenant, kept.job, answer);
        if (!counts) return { kind: 'refused', value: { kind: 'cancelled' } };
      }
      const sent = [
        written,
        ...(kept?.key && answer ? [keepAnswer(transaction.client, origin.tenant, kept.key, answer)] : []),
        transaction.list(origin.tenant, rejectionsOf(decision, origin), replacedBy(decision)),
        // Last, because the log's counters are shared by all requests: the commit comes with it.
        appendInTransaction(transaction.client, clinicalRecords(decision.news, origin)),
      ];
      return { kind: 'commit', value: { kind: 'committed', decision: value }, sent };
    });
  }
}

/** The decision with the results of steps that see what was written; as it is where there are none. */
async function withLater(
  decision: Decision,
  written: Promise<void>,
  budget: ReadBudget,
  read: (step: LaterStep) => Promise<StepResult> | undefined,
): Promise<Decision> {
  if (!decision.results.some((result) => result.kind === 'later')) return decision;
  await written;
  const results: StepResult[] = [];
  for (const [index, result] of decision.results.entries()) {
    if (result.kind !== 'later') results.push(result);
    else {
      const later = await read(result.step);
      if (later === undefined) throw new Error('nobody reads this step');
      results.push(budget.take(later, index));
    }
  }
  return { ...decision, results };
}
