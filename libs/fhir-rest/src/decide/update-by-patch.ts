import { parseJson, type Issue, type JsonObject } from '#libs/domain/fhir';
import { refusalOfGuard } from '../derived/guard.js';
import { applyPatch } from '../patch/apply-patch.js';
import { moved } from '../plan/moved-path.js';
import { MAX_RESOURCE_CHARACTERS, problemsOf } from '../plan/structure-issues.js';
import type { PatchStep, RefusedStep, UpdateStep } from '../plan/step.js';
import { conditionalReferences } from '../plan/write-content.js';
import { rewriteReferences } from '../references/rewrite-references.js';
import type { StoredResource } from '../repository/resources.js';

/** The update that a patch makes of the stored version, its structure checked; or the refusal, and then nothing changes. */
export function updateByPatch(step: PatchStep, before: StoredResource | undefined): UpdateStep | RefusedStep {
  const guarded = refusalOfGuard({ type: step.type, id: step.id, at: step.at }, before);
  if (guarded !== undefined) return refused(step, guarded.status, guarded.issues);
  if (before === undefined) return refused(step, 404, [issueOf('not-found', 'no such resource', step.at)]);
  if (before.deleted) return refused(step, 410, [issueOf('deleted', 'this resource was deleted', step.at)]);
  const stored = resourceOf(before);
  const patched = applyPatch(stored, step.patch);
  if (!patched.ok) return refused(step, patched.status, [placed(patched.issue, step)]);
  const { resource, unresolved, assumed, conditional } = rewriteReferences(patched.resource, step.references);
  const paths = unresolved.map(({ path }) => path);
  const dangling = paths.length === 0 ? [] : notBefore(paths, stored, step);
  const isAlone = step.at === step.type;
  const { queries, issues: bad } = conditionalReferences(
    conditional,
    (path) => (isAlone ? `${step.type}.${path}` : step.at),
    step.references.own,
  );
  const problems = problemsOf(resource, step.type, step.validation);
  const issues = [
    ...problems.refused,
    ...bad,
    ...dangling.map((path) => issueOf('not-found', 'no entry of the bundle has this fullUrl', `${step.type}.${path}`)),
  ];
  if (issues.length > 0) {
    return refused(
      step,
      422,
      issues.map((issue) => placed(issue, step)),
    );
  }
  if (lengthOf(resource) > MAX_RESOURCE_CHARACTERS) {
    const text = `the patched resource would have more than ${MAX_RESOURCE_CHARACTERS} characters`;
    return refused(step, 413, [issueOf('too-long', text, step.at)]);
  }
  const { index, type, id, at } = step;
  const tolerated = problems.tolerated.map((issue) => placed(issue, step));
  return { kind: 'update', isPatch: true, index, type, id, at, resource, assumed, queries, tolerated };
}

/** What a version holds, as it is stored. */
function resourceOf(stored: StoredResource): JsonObject {
  const parsed = parseJson(stored.content);
  // We wrote it: text that cannot be read back is a bug.
  if (!parsed.ok) throw new Error('a stored resource is not JSON');
  return parsed.value as JsonObject;
}

/** Places of `urn:` references that no entry has and that the patch brought: what was stored with them stays as it was. */
function notBefore(unresolved: readonly string[], stored: JsonObject, step: PatchStep): readonly string[] {
  const before = new Set(rewriteReferences(stored, step.references).unresolved.map(({ path }) => path));
  return unresolved.filter((path) => !before.has(path));
}

/** Characters of its JSON text, roughly: enough to bound what patches make of a resource in turn. */
function lengthOf(resource: JsonObject): number {
  return JSON.stringify(resource).length;
}

/** In a bundle the entry is named first: the element is one of the resource that is patched, not of the entry's. */
function placed(issue: Issue, { at, type }: PatchStep): Issue {
  const expression = issue.expression ?? [at];
  if (at === type) return { ...issue, expression };
  const isOfPatch = expression.some((path) => path.startsWith('Parameters'));
  if (isOfPatch) return { ...issue, expression: expression.map((path) => moved(path, 'Parameters', at)) };
  return { ...issue, expression: [...new Set([at, ...expression])] };
}

function issueOf(code: Issue['code'], diagnostics: string, path: string): Issue {
  return { severity: 'error', code, diagnostics, expression: [path] };
}

function refused({ index }: PatchStep, status: number, issues: readonly Issue[]): RefusedStep {
  return { kind: 'refused', index, status, issues };
}
