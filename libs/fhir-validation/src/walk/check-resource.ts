import { isJsonObject, isResourceType, type Json, type JsonObject } from '#libs/domain/fhir';
import type { Findings } from '../findings.js';
import type { Engine } from '../invariants/engine.js';
import type { Invariant } from '../invariants/invariants.js';
import { type Item } from '../invariants/values.js';
import { checkReference } from './check-reference.js';
import { checkContained, checkUsed } from './contained.js';
import { Frame } from './frame.js';
import { typePlan, type ElementPlan, type TypePlan } from './type-plan.js';

export interface Walk {
  readonly findings: Findings;
  readonly engine: Engine;
  /** Whether invariants that only warn are evaluated. */
  readonly advice: boolean;
  /** Called for each resource when its own elements are checked. */
  readonly profiles: (resource: JsonObject, frame: Frame, walk: Walk) => void;
}

/**
 * Checks a resource in one pass: known elements, cardinality, types, formats, codes, references, contained resources, invariants.
 * @param wanted the type that must stand here; any by default
 * @param container the frame of the resource that contains it
 */
export function checkResource(value: Json, walk: Walk, wanted = 'Resource', container?: Frame): void {
  const { findings } = walk;
  if (!isJsonObject(value)) return findings.add('structure', 'structure', 'must be a resource: a JSON object');
  const type = value['resourceType'];
  if (typeof type !== 'string') return findings.add('structure', 'required', 'resourceType is missing', 'resourceType');
  if (!isResourceType(type))
    return findings.add('structure', 'structure', 'is not a resource type of R4', 'resourceType');
  if (wanted !== 'Resource' && type !== wanted)
    return findings.add('structure', 'structure', `must be a resource of type ${wanted}`, 'resourceType');
  const plan = typePlan(type);
  if (plan === undefined) return;
  const frame = new Frame(value, type, container);
  if (container !== undefined) checkContained(value, findings);
  checkObject(value, plan, frame, walk, true);
  checkUsed(frame, findings);
  walk.profiles(value, frame, walk);
}

/** @param hasValue of what stands beside a primitive: whether that has a value */
function checkObject(
  object: JsonObject,
  plan: TypePlan,
  frame: Frame,
  walk: Walk,
  isResource = false,
  hasValue = false,
): void {
  const { findings } = walk;
  let members = 0;
  let choices = 0;
  for (const name in object) {
    const value = object[name] as Json;
    if (isResource && name === 'resourceType') continue;
    members += 1;
    if (name.charCodeAt(0) === 0x5f) {
      checkPrimitiveExtension(name, value, object, plan, frame, walk);
      continue;
    }
    const element = plan.elements.get(name);
    if (element === undefined) {
      findings.add('structure', 'structure', `has no element called ${shown(name)}`);
      continue;
    }
    findings.enter(name);
    checkElement(element, value, object, frame, walk);
    findings.leave();
  }
  if (members === 0 && !isResource) findings.add('structure', 'structure', 'must not be empty (ele-1)');
  else if (members === 1 && !isResource && !hasValue && object['id'] !== undefined)
    findings.add('rule', 'invariant', 'must have a value or children beside its id (ele-1)');
  for (const { name, members: names } of plan.required) {
    if (!names.some((member) => isPresent(object, member))) findings.add('structure', 'required', 'is required', name);
  }
  for (const { name, members: names } of plan.choices) {
    choices = 0;
    for (const member of names) if (isPresent(object, member)) choices += 1;
    if (choices > 1) findings.add('structure', 'structure', 'only one of its types may stand here', name);
  }
  if (plan.type === 'Extension') checkExtension(object, findings);
  for (const invariant of plan.invariants) checkInvariant(invariant, object, frame, walk);
}

function checkElement(element: ElementPlan, value: Json, object: JsonObject, frame: Frame, walk: Walk): void {
  const { findings } = walk;
  if (!element.many) {
    if (Array.isArray(value)) return findings.add('structure', 'structure', 'must be a single value, not an array');
    return checkValue(element, value, frame, walk);
  }
  if (!Array.isArray(value)) return findings.add('structure', 'structure', 'must be an array');
  if (value.length === 0) return findings.add('structure', 'structure', 'must not be an empty array');
  const extensions = element.fault === undefined ? undefined : object[`_${element.name}`];
  for (let index = 0; index < value.length; index += 1) {
    const item = value[index] as Json;
    if (item === null && Array.isArray(extensions) && isJsonObject(extensions[index] as Json)) continue;
    findings.enter(index);
    checkValue(element, item, frame, walk);
    findings.leave();
  }
}

function checkValue(element: ElementPlan, value: Json, frame: Frame, walk: Walk): void {
  const { findings } = walk;
  if (value === null) return findings.add('structure', 'structure', 'must not be null');
  if (element.fault !== undefined) {
    const wrong = element.fault(value);
    if (wrong !== undefined) return findings.add('structure', 'value', wrong);
    if (element.isUri && (value as string).startsWith('#')) frame.note(value as string);
  } else {
    if (!isJsonObject(value)) return findings.add('structure', 'structure', 'must be an object');
    if (element.resource !== undefined) {
      return checkResource(value, walk, element.resource, element.name === 'contained' ? frame : undefined);
    }
    const plan = typePlan(element.type);
    if (plan === undefined) return findings.add('structure', 'exception', 'the type of this element is unknown');
    checkObject(value, plan, frame, walk);
    if (element.type === 'Reference') checkReference(value, element.targets, frame, findings);
  }
  if (element.codes !== undefined && !element.codes.holds(value)) {
    findings.add('rule', 'code-invalid', element.codes.right);
  }
  for (const invariant of element.invariants) checkInvariant(invariant, value, frame, walk);
}

/** Where a finding is more precise than the element of its constraint. */
const PLACES: Readonly<Record<string, string>> = { 'obs-6': 'dataAbsentReason' };

export function checkInvariant(invariant: Invariant, value: Item, frame: Frame, walk: Walk): void {
  const { key, human, severity } = invariant.constraint;
  if (severity === 'warning' && !walk.advice) return;
  if (invariant.holds(value, frame, walk.engine) !== false) return;
  walk.findings.add(severity === 'warning' ? 'advice' : 'rule', 'invariant', `${human} (${key})`, PLACES[key]);
}

/** `_name` carries id and extensions of a primitive (FHIR R4 json.html#primitive). */
function checkPrimitiveExtension(
  name: string,
  value: Json,
  object: JsonObject,
  plan: TypePlan,
  frame: Frame,
  walk: Walk,
): void {
  const { findings } = walk;
  const element = plan.elements.get(name.slice(1));
  const wrong = (what: string): void => findings.add('structure', 'structure', what, name.slice(1));
  if (element?.fault === undefined) return wrong(`has no element called ${shown(name)}`);
  const { many } = element;
  if (many !== Array.isArray(value)) return wrong(many ? 'must be an array' : 'must be a single value, not an array');
  const values = many ? (value as readonly Json[]) : [value];
  const base = object[name.slice(1)];
  if (many && Array.isArray(base) && base.length !== values.length) {
    return wrong(`${shown(name)} must be as long as its values`);
  }
  const elementPlan = typePlan('Element');
  if (elementPlan === undefined) return;
  for (const [index, item] of values.entries()) {
    if (item === null && many) continue;
    if (!isJsonObject(item)) {
      wrong(`${shown(name)} must be an object`);
      continue;
    }
    findings.enter(name.slice(1));
    const primitive = many && Array.isArray(base) ? (base as readonly Json[])[index] : base;
    checkObject(item, elementPlan, frame, walk, false, primitive !== undefined && primitive !== null);
    findings.leave();
  }
}

function isPresent(object: JsonObject, name: string): boolean {
  return (Object.hasOwn(object, name) && object[name] !== null) || Object.hasOwn(object, `_${name}`);
}

function checkExtension(object: JsonObject, findings: Findings): void {
  let hasValue = false;
  for (const name in object) {
    if (name.startsWith('value') || name.startsWith('_value')) hasValue = true;
  }
  if (hasValue === 'extension' in object) {
    findings.add('rule', 'invariant', 'an extension has either a value or extensions (ext-1)');
  }
}

/** Names come from the sender: short, and only what can be a name. */
function shown(name: string): string {
  return /^_?[A-Za-z][A-Za-z0-9]{0,63}$/.test(name) ? name : '(a name that FHIR does not use)';
}
