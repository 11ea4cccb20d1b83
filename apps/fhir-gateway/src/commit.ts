import { appendInTransaction } from '#libs/platform/messaging';
import type { FhirStore } from '#libs/platform/storage';
import { clinicalRecords, type RecordOrigin } from './clinical/clinical-records.js';
import { decide, type Decision } from './protocol/decide.js';
import { lookupsOf } from './protocol/lookups.js';
import { rejectionsOf, replacedBy } from './clinical/rejections.js';
import type { Step } from './protocol/step.js';

/**
 * Runs the steps in one database transaction: look, decide, write, append to the log. After it everything is durable, or
 * nothing is there. Two round trips: what it looks up, and all that it writes with the commit; one when there is nothing to look up.
 *
 * @param mode `atomic`: one refused step undoes all · `each`: refused steps leave the others alone
 */
export function commit(
  store: FhirStore,
  steps: readonly Step[],
  origin: RecordOrigin,
  mode: 'atomic' | 'each',
): Promise<Decision> {
  const lookups = lookupsOf(steps);
  return store.transact(async (transaction) => {
    const known = await transaction.look(origin.tenant, lookups);
    const decision = decide(steps, known, origin.receivedAt, mode);
    if (mode === 'atomic' && decision.results.some((result) => result.kind === 'refused')) {
      return { kind: 'refused', value: decision };
    }
    const rejections = rejectionsOf(decision, origin);
    const records = clinicalRecords(decision.news, origin);
    const sent = [
      transaction.write(origin.tenant, decision.changes),
      transaction.list(origin.tenant, rejections, replacedBy(decision)),
      // Last, because the log's counters are shared by all requests: the commit comes with it.
      appendInTransaction(transaction.client, records),
    ];
    return { kind: 'commit', value: decision, sent };
  });
}
