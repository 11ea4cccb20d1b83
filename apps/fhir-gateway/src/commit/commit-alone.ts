import {
  joinedKnown,
  type Committed,
  type Decision,
  type LaterStep,
  type ReadBudget,
  type StepResult,
} from '#libs/fhir-rest';
import { appendInTransaction } from '#libs/platform/messaging';
import { claimKey, finishJob, keepAnswer, type FhirStore } from '#libs/platform/storage';
import { clinicalRecords } from '../clinical/clinical-records.js';
import { rejectionsOf, replacedBy } from '../clinical/rejections.js';
import { decideWithin, isRefused, type CommitRequest } from './commit-request.js';

/**
 * Look, decide, write, append to the log. Two round trips: what it looks up, and all that it writes with the commit; one when there is
 * nothing to look up, three when a patched resource refers to others.
 * @throws RepositoryBusyError
 */
export function commitAlone(store: FhirStore, request: CommitRequest): Promise<Committed> {
  const { origin, lookups, kept, readLater } = request;
  return store.transact<Committed>(async (transaction) => {
    const repetition = kept?.key && (await claimKey(transaction.client, origin.tenant, kept.key));
    if (repetition !== undefined) return { kind: 'refused', value: repetition };
    const found = await transaction.look(origin.tenant, lookups.first);
    const more = lookups.further(found);
    const known = more === undefined ? found : joinedKnown(found, await transaction.look(origin.tenant, more));
    const { decision, budget } = decideWithin(request, known);
    if (isRefused(request, decision)) return { kind: 'refused', value: { kind: 'committed', decision } };
    const written = transaction.write(origin.tenant, decision.changes);
    const value = await withLater(decision, written, budget, (step) => readLater?.(step, transaction));
    if (isRefused(request, value)) return { kind: 'refused', value: { kind: 'committed', decision: value } };
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
