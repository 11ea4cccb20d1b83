import { isPrimitiveType, typeRule, type ElementRule } from '#libs/domain/fhir';
import { isMutableObject, memberOf, type MutableJson, type MutableObject } from '../mutable-json.js';
import type { Budget } from '../patch-fault.js';

/** An element of a resource, as FHIRPath sees it: a value and, for a primitive, its id and extensions in the member `_name`. */
export interface ResourceElement {
  /** Data type, resource type, or path of an element without a type of its own (`Patient.contact`). */
  readonly type: string;
  readonly value: MutableJson | undefined;
  readonly sibling: MutableObject | undefined;
  /** Where it stands; undefined for the resource itself. */
  readonly place?: ElementPlace;
}

export interface ElementPlace {
  readonly parent: ResourceElement;
  /** The object that has the member. */
  readonly holder: MutableObject;
  readonly rule: ElementRule;
  /** Undefined where the element does not repeat. */
  readonly index?: number;
}

/** What looking at an element costs, compared with copying a character. */
export const LOOK = 8;

/** The elements called `name` of an element; for a choice (`value`) whatever of it is there. */
export function childrenOf(parent: ResourceElement, name: string, budget: Budget): readonly ResourceElement[] {
  const holder = holderOf(parent);
  if (holder === undefined) return [];
  return rulesOf(parent.type, name).flatMap((rule) => {
    const children = membersOf(parent, holder, rule);
    budget.spend(LOOK * (1 + children.length));
    return children;
  });
}

/** The object in which the children of an element stand: a primitive has its own in the member `_name`. */
export function holderOf(element: ResourceElement): MutableObject | undefined {
  if (isPrimitiveType(element.type)) return element.sibling;
  return isMutableObject(element.value) ? element.value : undefined;
}

/** What R4 says of the children called `name`: one rule, several for a choice, none when there is no such element. */
export function rulesOf(type: string, name: string): readonly ElementRule[] {
  // The parts of a primitive are those of any element.
  const rules = typeRule(isPrimitiveType(type) ? 'Element' : type);
  const rule = rules?.elements.get(name);
  if (rule !== undefined) return [rule];
  const choice = rules?.choices.find((one) => one.name === `${name}[x]`);
  return (choice?.members ?? []).flatMap((member) => rules?.elements.get(member) ?? []);
}

function membersOf(parent: ResourceElement, holder: MutableObject, rule: ElementRule): readonly ResourceElement[] {
  const value = memberOf(holder, rule.name);
  const sibling = isPrimitiveType(rule.type) ? memberOf(holder, `_${rule.name}`) : undefined;
  const place = { parent, holder, rule };
  if (!rule.many) {
    if (value === undefined && sibling === undefined) return [];
    return [{ type: typeOf(rule, value), value, sibling: objectOf(sibling), place }];
  }
  const values = Array.isArray(value) ? value : [];
  const siblings = Array.isArray(sibling) ? sibling : [];
  return Array.from({ length: Math.max(values.length, siblings.length) }, (_, index) => ({
    type: typeOf(rule, values[index]),
    value: values[index] ?? undefined,
    sibling: objectOf(siblings[index]),
    place: { ...place, index },
  }));
}

/** A contained resource is of its own type. */
function typeOf(rule: ElementRule, value: MutableJson | undefined): string {
  const own = rule.type === 'Resource' && isMutableObject(value) ? memberOf(value, 'resourceType') : undefined;
  return typeof own === 'string' ? own : rule.type;
}

function objectOf(value: MutableJson | undefined): MutableObject | undefined {
  return isMutableObject(value) ? value : undefined;
}

/** The FHIRPath of an element, from the type of its resource on. */
export function pathOf(element: ResourceElement): string {
  if (element.place === undefined) return element.type;
  const { parent, rule, index } = element.place;
  const name = rule.choice?.slice(0, -3) ?? rule.name;
  return `${pathOf(parent)}.${name}${index === undefined ? '' : `[${index}]`}`;
}
