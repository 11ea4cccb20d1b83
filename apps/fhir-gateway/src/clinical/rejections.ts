import { describeUnmeasured } from '#libs/domain/fhir';
import type { NewRejection } from '#libs/platform/storage';
import { MAX_LISTED, type Decision, type RequestOrigin } from '#libs/fhir-rest';

/** What `GET /v1/rejections` lists of a request: what was stored and is not measured. */
export function rejectionsOf(decision: Decision, origin: Omit<RequestOrigin, 'allowed'>): readonly NewRejection[] {
  const ofResource = new Map<string, number>();
  return decision.unmeasured.flatMap((part): readonly NewRejection[] => {
    if (!part.isListed) return [];
    const listed = (ofResource.get(part.resource) ?? 0) + 1;
    ofResource.set(part.resource, listed);
    if (listed > MAX_LISTED) return [];
    return [
      {
        tenant: origin.tenant,
        at: origin.receivedAt,
        door: 'fhir',
        request: origin.request,
        index: part.index,
        code: part.reason,
        message: `${part.expression}: ${describeUnmeasured(part.reason)}`,
        client: origin.author,
        patient: part.patient ?? null,
        resource: part.resource,
        sample: null,
      },
    ];
  });
}

/** Resources whose earlier versions may be listed: what the newest one says stands instead. */
export function replacedBy(decision: Decision): readonly string[] {
  return decision.changes.filter(({ version }) => version > 1).map(({ type, id }) => `${type}/${id}`);
}
