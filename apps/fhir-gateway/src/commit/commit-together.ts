import { Changed, joinedLookups, type Decision, type FhirKnown } from '#libs/fhir-rest';
import { appendInTransaction } from '#libs/platform/messaging';
import type { FhirStore } from '#libs/platform/storage';
import { clinicalRecords } from '../clinical/clinical-records.js';
import { rejectionsOf, replacedBy } from '../clinical/rejections.js';
import { decideWithin, isRefused, type CommitRequest } from './commit-request.js';

/** What came of one of the requests. */
export type Outcome =
  | { readonly kind: 'committed'; readonly decision: Decision }
  /** One before it changed what it must know: it is to be done after that one. */
  | { readonly kind: 'waits' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** `lost`: nothing of any request is there; each is to be tried alone. */
export type Together = { readonly kind: 'done'; readonly outcomes: readonly Outcome[] } | { readonly kind: 'lost' };

/**
 * Commits requests of one tenant that ask and write nothing of each other in one transaction, as if one came after the other: what each is
 * decided by, none before it has changed. A refused one writes nothing, and stands in nobody's way.
 *
 * @param requests of which none reads what it writes, patches, or is to take effect once; all that have conditions with the same `visible`
 * @throws after which it is not known whether they were committed
 */
export async function commitTogether(store: FhirStore, requests: readonly CommitRequest[]): Promise<Together> {
  const tenant = requests[0]?.origin.tenant ?? 0;
  const done = await store.transactTogether(async (transaction) => {
    const known = await transaction.look(tenant, joinedLookups(requests.map(({ lookups }) => lookups.first)));
    const outcomes = decideEach(requests, known);
    const accepted = requests.flatMap((request, at) => {
      const outcome = outcomes[at];
      if (outcome?.kind !== 'committed' || isRefused(request, outcome.decision)) return [];
      return [{ origin: request.origin, decision: outcome.decision }];
    });
    if (accepted.length === 0) return { kind: 'refused', value: outcomes };
    const sent = [
      transaction.write(
        tenant,
        accepted.flatMap(({ decision }) => decision.changes),
      ),
      transaction.list(
        tenant,
        accepted.flatMap(({ decision, origin }) => rejectionsOf(decision, origin)),
        accepted.flatMap(({ decision }) => replacedBy(decision)),
      ),
      // Last, because the log's counters are shared by all requests: the commit comes with it.
      appendInTransaction(
        transaction.client,
        accepted.flatMap(({ decision, origin }) => clinicalRecords(decision.news, origin)),
      ),
    ];
    return { kind: 'commit', value: outcomes, sent };
  });
  return done.kind === 'done' ? { kind: 'done', outcomes: done.value } : done;
}

function decideEach(requests: readonly CommitRequest[], known: FhirKnown): readonly Outcome[] {
  const changed = new Changed();
  return requests.map((request): Outcome => {
    if (changed.touches(request.lookups.first, known)) return { kind: 'waits' };
    try {
      const { decision } = decideWithin(request, known);
      if (!isRefused(request, decision)) changed.add(decision.changes);
      return { kind: 'committed', decision };
    } catch (error) {
      return { kind: 'failed', error };
    }
  });
}
