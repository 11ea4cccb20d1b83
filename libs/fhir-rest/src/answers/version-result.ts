import { refusedResult, type StepResult } from '../decide/decision.js';
import type { ReadStep, VersionStep } from '../plan/step.js';
import type { StoredResource } from '../repository/resources.js';
import { isKnown } from '../decide/preconditions.js';
import { projectResource } from '../projection/project-resource.js';

/** What came of the read of a version in a bundle. */
export function versionResult(step: VersionStep, found: StoredResource | undefined): StepResult {
  if (found === undefined)
    return refusedResult(404, 'not-found', 'no such resource, or no such version of it', step.at);
  if (found.deleted) return refusedResult(410, 'deleted', 'this resource was deleted', step.at);
  return foundResult(step, found);
}

/** What there is, or the part of it that is asked for; nothing where the client has it already. */
export function foundResult(step: ReadStep | VersionStep, found: StoredResource): StepResult {
  if (isKnown(step, found)) return { kind: 'notModified', resource: found };
  const { projection, isHead } = step;
  const resource = projection === undefined ? found : { ...found, content: projectResource(found.content, projection) };
  return { kind: 'found', resource, isHead };
}
