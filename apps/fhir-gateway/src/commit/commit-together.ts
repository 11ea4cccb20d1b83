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

/** How often those that wait look again, at what those before them have written. */
const ROUNDS = 3;

/**
 * Commits requests of one tenant in one transaction, as if one came after the other: what each is decided by, none before it has changed.
 * One of which that cannot be said looks again when those before it have written, and after a few rounds waits for the next transaction.
 * A refused one writes nothing, and stands in nobody's way.
 *
 * @param requests of which none reads what it writes, patches, or is to take effect once; all that have conditions with the same `visible`
 * @throws after which it is not known whether they were committed
 */
export async function commitTogether(store: FhirStore, requests: readonly CommitRequest[]): Promise<Together> {
  const tenant = requests[0]?.origin.tenant ?? 0;
  const done = await store.transactTogether(async (transaction) => {
    const outcomes = new Map<CommitRequest, Outcome>();
    const accepted: Accepted[] = [];
    const sent: Promise<unknown>[] = [];
    let left = requests;
    for (let round = 0; round < ROUNDS && left.length > 0; round++) {
      await Promise.all(sent);
      const known = await transaction.look(tenant, joinedLookups(left.map(({ lookups }) => lookups.first)));
      const decided = decideEach(left, known);
      for (const [at, one] of left.entries()) outcomes.set(one, decided[at]!);
      const now = left.flatMap((one, at) => acceptedOf(one, decided[at]!));
      if (now.length > 0) {
        sent.push(
          transaction.write(
            tenant,
            now.flatMap(({ decision }) => decision.changes),
          ),
          transaction.list(
            tenant,
            now.flatMap(({ decision, request }) => rejectionsOf(decision, request.origin)),
            now.flatMap(({ decision }) => replacedBy(decision)),
          ),
        );
      }
      accepted.push(...now);
      left = left.filter((_, at) => decided[at]!.kind === 'waits');
    }
    const value = requests.map((one) => outcomes.get(one)!);
    if (accepted.length === 0) return { kind: 'refused', value };
    const records = accepted.flatMap(({ decision, request }) => clinicalRecords(decision.news, request.origin));
    // Last, because the log's counters are shared by all requests: the commit comes with it.
    return { kind: 'commit', value, sent: [...sent, appendInTransaction(transaction.client, records)] };
  });
  return done.kind === 'done' ? { kind: 'done', outcomes: done.value } : done;
}

interface Accepted {
  readonly request: CommitRequest;
  readonly decision: Decision;
}

function acceptedOf(request: CommitRequest, outcome: Outcome): readonly Accepted[] {
  if (outcome.kind !== 'committed' || isRefused(request, outcome.decision)) return [];
  return [{ request, decision: outcome.decision }];
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
