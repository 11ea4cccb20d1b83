import { isResourceType, type JsonObject } from '#libs/domain/fhir';
import type { Findings } from '../findings.js';
import type { Frame } from './frame.js';

/** `Type/id`, `https://…/Type/id/_history/3`, `Type?query` (FHIR R4 references.html#literal). */
const RESTFUL =
  /^(https?:\/\/[^?#]+\/)?([A-Z][A-Za-z]+)(?:\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?(?:#.*)?|\?.+)$/;

/** That a reference points to a type that may stand here, that its `type` agrees, and that `#id` is contained (ref-1). */
export function checkReference(
  object: JsonObject,
  targets: ReadonlySet<string> | undefined,
  frame: Frame,
  findings: Findings,
): void {
  const { reference, type } = object;
  const pointed = typeof reference === 'string' ? targetType(reference, frame, findings) : undefined;
  if (pointed !== undefined && targets !== undefined && !targets.has(pointed)) {
    findings.add('rule', 'value', `must refer to ${listed(targets)}, not to a ${pointed}`, 'reference');
  }
  if (typeof type !== 'string' || type.includes(':')) return;
  if (!isResourceType(type)) findings.add('rule', 'value', 'is not a resource type of R4', 'type');
  else if (pointed !== undefined && pointed !== type) {
    findings.add('rule', 'value', `must be the type of the reference, ${pointed}`, 'type');
  } else if (pointed === undefined && targets !== undefined && !targets.has(type)) {
    findings.add('rule', 'value', `must be ${listed(targets)}, not ${type}`, 'type');
  }
}

/** The type of a literal reference; undefined when its text does not show it. */
function targetType(reference: string, frame: Frame, findings: Findings): string | undefined {
  if (reference.startsWith('#')) return containedType(reference, frame, findings);
  const match = RESTFUL.exec(reference);
  const type = match?.[2];
  if (type === undefined) return undefined;
  if (isResourceType(type)) return type;
  if (match?.[1] === undefined) findings.add('rule', 'value', 'names no resource type of R4', 'reference');
  return undefined;
}

function containedType(reference: string, frame: Frame, findings: Findings): string | undefined {
  frame.note(reference);
  if (reference === '#' && frame.isContained) return frame.root.resourceType;
  const target = frame.contained(reference.slice(1));
  if (target === undefined) {
    findings.add('rule', 'invariant', 'no contained resource has this id (ref-1)', 'reference');
    return undefined;
  }
  const type = target['resourceType'];
  return typeof type === 'string' ? type : undefined;
}

function listed(types: ReadonlySet<string>): string {
  return [...types].slice(0, 20).join(' or ');
}
