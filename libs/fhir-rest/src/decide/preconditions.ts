import { hasTag } from '../answers/answer.js';
import { refusedStep, type DeleteStep, type PatchStep, type RefusedStep, type UpdateStep } from '../plan/step.js';
import type { CurrentResource, StoredResource } from '../repository/resources.js';

/** The refusal of a step whose If-Match or If-None-Match does not hold. */
export function mismatch(
  step: UpdateStep | DeleteStep | PatchStep,
  before: CurrentResource | undefined,
): RefusedStep | undefined {
  const current = before === undefined || before.deleted ? undefined : before;
  if (step.ifMatch !== undefined && (current === undefined || !hasTag(step.ifMatch, current.version))) {
    return refusedStep(step.index, 412, 'conflict', 'If-Match names a version that is not the current one', step.at);
  }
  if (
    step.kind === 'update' &&
    step.ifNoneMatch !== undefined &&
    current !== undefined &&
    hasTag(step.ifNoneMatch, current.version)
  ) {
    return refusedStep(step.index, 412, 'conflict', 'If-None-Match names the current version', step.at);
  }
  return undefined;
}

/** What a client has of a resource. */
export interface KnownVersion {
  readonly ifNoneMatch?: string | undefined;
  /** ms since 1970 */
  readonly ifModifiedSince?: number | undefined;
}

/** Whether the client has this version already. With a tag, the time says nothing (RFC 9110 13.2.2). */
export function isKnown({ ifNoneMatch, ifModifiedSince }: KnownVersion, resource: StoredResource): boolean {
  if (ifNoneMatch !== undefined) return hasTag(ifNoneMatch, resource.version);
  return ifModifiedSince !== undefined && resource.lastUpdated <= ifModifiedSince;
}
