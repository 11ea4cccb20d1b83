import { refusedResult, type StepResult } from '../decide/decision.js';
import type { VersionStep } from '../plan/step.js';
import type { StoredResource } from '../repository/resources.js';
import { hasTag } from './answer.js';

/** What came of the read of a version in a bundle. */
export function versionResult(step: VersionStep, found: StoredResource | undefined): StepResult {
  if (found === undefined)
    return refusedResult(404, 'not-found', 'no such resource, or no such version of it', step.at);
  if (found.deleted) return refusedResult(410, 'deleted', 'this resource was deleted', step.at);
  const isKnown = step.ifNoneMatch !== undefined && hasTag(step.ifNoneMatch, found.version);
  return isKnown ? { kind: 'notModified', resource: found } : { kind: 'found', resource: found, isHead: step.isHead };
}
