import { isPrimitiveType, type ElementRule } from '#libs/domain/fhir';
import { rulesOf } from './path/elements.js';
import { copyOf, type MutableJson, type MutableObject } from './mutable-json.js';
import type { PatchValue } from './patch.js';
import { PatchFault, type Budget } from './patch-fault.js';

/** What an element holds: a value, and for a primitive its id and extensions. */
export interface ElementContent {
  readonly value: MutableJson | undefined;
  readonly sibling: MutableJson | undefined;
}

/**
 * The element of a type that a value goes to. A choice is found by the type of the value: `value` with a valueQuantity is
 * `valueQuantity`.
 *
 * @throws PatchFault 422 when there is no such element
 */
export function ruleFor(type: string, name: string, value: PatchValue, at: string): ElementRule {
  const rules = rulesOf(type, name);
  if (rules.length === 0) throw new PatchFault(422, 'structure', 'there is no element of this name here', at);
  const choice = rules[0]?.choice;
  if (choice === undefined || choice !== `${name}[x]`) return rules[0] as ElementRule;
  const suffix = value.kind === 'typed' ? value.suffix : '';
  const rule = rules.find((one) => one.name === name + suffix);
  if (rule === undefined) {
    throw new PatchFault(422, 'value', 'the value is of a type that this element cannot have', at);
  }
  return rule;
}

/** @throws PatchFault 422 when the value is of no form that the element can have */
export function contentOf(rule: ElementRule, value: PatchValue, at: string, budget: Budget): ElementContent {
  if (value.kind === 'parts') {
    if (isPrimitiveType(rule.type)) throw new PatchFault(422, 'structure', 'this element has a value, not parts', at);
    return { value: built(rule.type, value.parts, at, budget), sibling: undefined };
  }
  if (value.kind === 'resource') return { value: copyOf(value.value, budget), sibling: undefined };
  return {
    value: value.value === undefined ? undefined : copyOf(value.value, budget),
    sibling: value.sibling === undefined ? undefined : copyOf(value.sibling, budget),
  };
}

function built(
  type: string,
  parts: Extract<PatchValue, { kind: 'parts' }>['parts'],
  at: string,
  budget: Budget,
): MutableObject {
  const object: MutableObject = {};
  for (const part of parts) {
    const rule = ruleFor(type, part.name, part.value, at);
    const content = contentOf(rule, part.value, at, budget);
    const names = [
      [rule.name, content.value],
      [`_${rule.name}`, content.sibling],
    ] as const;
    if (!rule.many) {
      if (names.some(([name]) => Object.hasOwn(object, name))) {
        throw new PatchFault(422, 'structure', 'a part that cannot repeat stands twice', at);
      }
      for (const [name, item] of names) if (item !== undefined) object[name] = item;
      continue;
    }
    const length = Math.max(...names.map(([name]) => (Array.isArray(object[name]) ? object[name].length : 0)));
    for (const [name, item] of names) {
      const list = object[name];
      if (Array.isArray(list)) list.push(item ?? null);
      else if (item !== undefined) object[name] = [...Array.from({ length }, () => null), item];
    }
  }
  return object;
}
