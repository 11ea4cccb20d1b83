import type { IssueCode } from '#libs/domain/fhir';
import type { StepResult } from '../decide/decision.js';
import type { VersionStep } from '../plan/step.js';
import type { StoredResource } from '../repository/resources.js';
import { hasTag } from './answer.js';

/** What came of the read of a version in a bundle. */
export function versionResult(step: VersionStep, found: StoredResource | undefined): StepResult {
  if (found === undefined) return refused(404, 'not-found', 'no such resource, or no such version of it', step.at);
  if (found.deleted) return refused(410, 'deleted', 'this resource was deleted', step.at);
  const isKnown = step.ifNoneMatch !== undefined && hasTag(step.ifNoneMatch, found.version);
  return isKnown ? { kind: 'notModified', resource: found } : { kind: 'found', resource: found, isHead: step.isHead };
}

function refused(status: number, code: IssueCode, diagnostics: string, at: string): StepResult {
  return { kind: 'refused', status, issues: [{ severity: 'error', code, diagnostics, expression: [at] }] };
}
