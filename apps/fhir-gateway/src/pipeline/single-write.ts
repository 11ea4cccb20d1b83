import {
  oneIssue,
  readCondition,
  refusal,
  writeContent,
  type CheckedResource,
  type Condition,
  type OwnBases,
  type ReferenceContext,
  type WriteContent,
} from '#libs/fhir-rest';

const NO_TARGETS: ReadonlyMap<string, string> = new Map();

/** The resource of a request for one resource, its references resolved. @throws OutcomeProblem for a conditional reference that is none */
export function contentOf(checked: CheckedResource, type: string, own: OwnBases): WriteContent {
  const { issues, ...content } = writeContent(checked.resource, referencesOfOne(own), type, { kind: 'any' });
  if (issues.length > 0) throw refusal(422, issues);
  return { ...content, tolerated: checked.tolerated };
}

/** What the references of a resource that comes alone are resolved against. */
export function referencesOfOne(own: OwnBases): ReferenceContext {
  return { own, targets: NO_TARGETS, sentIds: NO_TARGETS };
}

/** The condition of a request for one resource. @throws OutcomeProblem for one that is none */
export function conditionOf(type: string, query: string, own: OwnBases): Condition {
  const read = readCondition(type, query, type, own);
  if (read.kind === 'condition') return read.condition;
  throw oneIssue(read.status, read.code, read.why, type);
}
