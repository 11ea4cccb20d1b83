import type { Issue, IssueCode } from '../json/issue.js';
import { Decimal, type Json, type JsonObject } from '../json/json.js';
import { PRIMITIVES } from './primitives.js';
import { isResourceType, typeRule, type ElementRule } from './structure.js';

/** Enough to see what is wrong; a hostile body does not get a million lines. */
const MAX_ISSUES = 100;

/**
 * Checks a resource against the R4 definitions: known type and elements, cardinality, choice types, primitive formats, dates that
 * exist, codes of required bindings, and the invariants obs-6, qty-3 and ext-1. Answers what is wrong; nothing for a valid one.
 * Profiles, references and other invariants are not checked.
 */
export function validateResource(resource: Json): Issue[] {
  const issues = new IssueList();
  checkResource(resource, undefined, issues);
  return issues.list;
}

class IssueList {
  readonly list: Issue[] = [];

  add(code: IssueCode, expression: string, diagnostics: string): void {
    if (this.list.length < MAX_ISSUES)
      this.list.push({ severity: 'error', code, expression: [expression], diagnostics });
  }
}

function checkResource(value: Json, at: string | undefined, issues: IssueList): void {
  if (!isObject(value)) return issues.add('structure', at ?? 'Resource', 'must be a resource: a JSON object');
  const type = value['resourceType'];
  if (typeof type !== 'string')
    return issues.add('required', `${at ?? 'Resource'}.resourceType`, 'resourceType is missing');
  if (!isResourceType(type))
    return issues.add('structure', `${at ?? 'Resource'}.resourceType`, 'is not a resource type of R4');
  const path = at ?? type;
  checkObject(value, type, path, issues, true);
  if (type === 'Observation') checkObservation(value, path, issues);
}

function checkObject(object: JsonObject, type: string, at: string, issues: IssueList, isResource = false): void {
  const rule = typeRule(type);
  if (rule === undefined) return issues.add('exception', at, 'the type of this element is unknown');
  let members = 0;
  for (const name in object) {
    const value = object[name] as Json;
    if (isResource && name === 'resourceType') continue;
    members += 1;
    if (name.charCodeAt(0) === 0x5f) {
      checkPrimitiveExtension(name, value, object, rule.elements.get(name.slice(1)), `${at}.${name.slice(1)}`, issues);
      continue;
    }
    const element = rule.elements.get(name);
    if (element === undefined) issues.add('structure', at, `has no element called ${shown(name)}`);
    else checkElement(element, value, object, `${at}.${name}`, issues);
  }
  if (members === 0 && !isResource) issues.add('structure', at, 'must not be empty');
  for (const { name, members: names } of rule.required) {
    if (!names.some((member) => isPresent(object, member))) issues.add('required', `${at}.${name}`, 'is required');
  }
  for (const { name, members: names } of rule.choices) {
    if (names.length > 1 && names.filter((member) => isPresent(object, member)).length > 1) {
      issues.add('structure', `${at}.${name}`, 'only one of its types may stand here');
    }
  }
  if (type === 'Extension') checkExtension(object, at, issues);
  else if ('code' in object && rule.elements.has('comparator') && !('system' in object)) {
    issues.add('invariant', at, 'a quantity with a code needs its system (qty-3)');
  }
}

function checkElement(element: ElementRule, value: Json, object: JsonObject, at: string, issues: IssueList): void {
  if (!element.many) {
    if (Array.isArray(value)) return issues.add('structure', at, 'must be a single value, not an array');
    return checkValue(element, value, at, issues);
  }
  if (!Array.isArray(value)) return issues.add('structure', at, 'must be an array');
  if (value.length === 0) return issues.add('structure', at, 'must not be an empty array');
  const extensions = object[`_${element.name}`];
  value.forEach((item: Json, index) => {
    const extended = Array.isArray(extensions) && isObject(extensions[index] ?? null);
    if (item === null && extended && PRIMITIVES.has(element.type)) return;
    checkValue(element, item, `${at}[${index}]`, issues);
  });
}

function checkValue(element: ElementRule, value: Json, at: string, issues: IssueList): void {
  const { type } = element;
  if (value === null) return issues.add('structure', at, 'must not be null');
  const primitive = PRIMITIVES.get(type);
  if (primitive !== undefined) {
    const wrong = primitive(value);
    if (wrong !== undefined) return issues.add('value', at, wrong);
    if (element.codes !== undefined && !element.codes.has(value as string)) {
      issues.add('code-invalid', at, `must be one of: ${listed(element.codes)}`);
    }
    return;
  }
  if (!isObject(value)) return issues.add('structure', at, 'must be an object');
  if (type === 'Resource') return checkResource(value, at, issues);
  checkObject(value, type, at, issues);
}

/** `_name` carries id and extensions of a primitive (FHIR R4 json.html#primitive). */
function checkPrimitiveExtension(
  name: string,
  value: Json,
  object: JsonObject,
  element: ElementRule | undefined,
  at: string,
  issues: IssueList,
): void {
  if (element === undefined || !PRIMITIVES.has(element.type))
    return issues.add('structure', at, `has no element called ${shown(name)}`);
  const values = element.many && Array.isArray(value) ? (value as readonly Json[]) : [value];
  if (element.many !== Array.isArray(value))
    return issues.add('structure', at, element.many ? 'must be an array' : 'must be a single value, not an array');
  const base = object[name.slice(1)];
  if (element.many && Array.isArray(base) && base.length !== values.length) {
    return issues.add('structure', at, `${shown(name)} must be as long as its values`);
  }
  for (const item of values) {
    if (item === null && element.many) continue;
    if (!isObject(item)) issues.add('structure', at, `${shown(name)} must be an object`);
    else checkObject(item, 'Element', at, issues);
  }
}

function isPresent(object: JsonObject, name: string): boolean {
  return (Object.hasOwn(object, name) && object[name] !== null) || Object.hasOwn(object, `_${name}`);
}

function checkObservation(object: JsonObject, at: string, issues: IssueList): void {
  const hasValue = Object.keys(object).some((name) => /^value[A-Z]/.test(name));
  if (hasValue && 'dataAbsentReason' in object) {
    issues.add('invariant', `${at}.dataAbsentReason`, 'must not stand beside a value (obs-6)');
  }
}

function checkExtension(object: JsonObject, at: string, issues: IssueList): void {
  const hasValue = Object.keys(object).some((name) => /^_?value[A-Z]/.test(name));
  if (hasValue === 'extension' in object)
    issues.add('invariant', at, 'an extension has either a value or extensions (ext-1)');
}

function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Decimal);
}

/** Names come from the sender: short, and only what can be a name. */
function shown(name: string): string {
  return /^_?[A-Za-z][A-Za-z0-9]{0,63}$/.test(name) ? name : '(a name that FHIR does not use)';
}

function listed(codes: ReadonlySet<string>): string {
  const some = [...codes].slice(0, 20).join(', ');
  return codes.size > 20 ? `${some}, …` : some;
}
