import { isPrimitiveType, type ElementRule } from '#libs/domain/fhir';
import { childrenOf, holderOf, pathOf, rulesOf, type ElementPlace, type ResourceElement } from './path/elements.js';
import { findElements } from './path/find-elements.js';
import { dropEmpty, type MutableJson, type MutableObject } from './mutable-json.js';
import type { FhirPathOperation } from './patch.js';
import { PatchFault, type Budget } from './patch-fault.js';
import { contentOf, ruleFor, type ElementContent } from './patch-values.js';
import type { PathStep } from './path/path-step.js';

/**
 * Applies the operations in their order to the resource, which is changed (FHIR R4 fhirpatch.html). What is emptied is left out.
 *
 * @throws PatchFault 422 when one of them fails
 */
export function applyFhirPathPatch(
  root: MutableObject,
  operations: readonly FhirPathOperation[],
  type: string,
  budget: Budget,
): void {
  for (const operation of operations) {
    const resource: ResourceElement = { type, value: root, sibling: undefined };
    const emptied = new Set<MutableJson>();
    applyOne(resource, operation, budget, emptied);
    if (emptied.size > 0) dropEmpty(root, emptied);
  }
}

function applyOne(
  resource: ResourceElement,
  operation: FhirPathOperation,
  budget: Budget,
  emptied: Set<MutableJson>,
): void {
  switch (operation.type) {
    case 'add': {
      const parent = oneElement(findElements([resource], operation.path, budget));
      const rule = ruleFor(parent.type, operation.name, operation.value, pathOf(parent));
      const there = childrenOf(parent, rule.choice?.slice(0, -3) ?? rule.name, budget);
      if (!rule.many && there.length > 0) {
        throw new PatchFault(422, 'conflict', 'add: the element is already there and cannot repeat', pathOf(parent));
      }
      const content = contentOf(rule, operation.value, pathOf(parent), budget);
      place(ownHolder(parent), rule, rule.many ? there.length : undefined, content);
      return;
    }
    case 'insert': {
      const { parent, rule, length } = collection(resource, operation.path, budget, operation.value);
      if (operation.index > length) throw beyond(parent, 'index');
      budget.spend(Math.ceil((length - operation.index) / 8));
      const content = contentOf(rule, operation.value, pathOf(parent), budget);
      place(ownHolder(parent), rule, operation.index, content);
      return;
    }
    case 'move': {
      const { parent, rule, length } = collection(resource, operation.path, budget);
      if (operation.source >= length) throw beyond(parent, 'source');
      if (operation.destination >= length) throw beyond(parent, 'destination');
      budget.spend(Math.ceil(length / 8));
      const holder = ownHolder(parent);
      for (const name of [rule.name, `_${rule.name}`]) {
        const list = holder[name];
        if (!Array.isArray(list)) continue;
        while (list.length < length) list.push(null);
        const [item = null] = list.splice(operation.source, 1);
        list.splice(operation.destination, 0, item);
      }
      return;
    }
    case 'delete': {
      const found = findElements([resource], operation.path, budget);
      if (found.length === 0) return;
      remove(placeOf(oneElement(found)), budget, emptied);
      return;
    }
    case 'replace': {
      const element = oneElement(findElements([resource], operation.path, budget));
      const { parent, holder, rule, index } = placeOf(element);
      const name = rule.choice?.slice(0, -3) ?? rule.name;
      const next = ruleFor(parent.type, name, operation.value, pathOf(element));
      const content = contentOf(next, operation.value, pathOf(element), budget);
      if (index === undefined) {
        // Where the name stays, so does the order of the members.
        if (next.name !== rule.name || content.value === undefined) delete holder[rule.name];
        delete holder[`_${rule.name}`];
        place(holder, next, undefined, content);
      } else {
        set(holder, rule.name, index, content.value);
        set(holder, `_${rule.name}`, index, content.sibling);
      }
      return;
    }
  }
}

function oneElement(found: readonly ResourceElement[]): ResourceElement {
  const [element, another] = found;
  if (element === undefined) throw new PatchFault(422, 'not-found', 'the path leads to no element of the resource');
  if (another !== undefined) throw new PatchFault(422, 'processing', 'the path leads to more than one element');
  return element;
}

function placeOf(element: ResourceElement): ElementPlace {
  if (element.place === undefined) {
    throw new PatchFault(422, 'invalid', 'the resource itself cannot be replaced or deleted by a patch', element.type);
  }
  return element.place;
}

/** The list that the last name of a path says; it may be empty. */
function collection(
  resource: ResourceElement,
  path: readonly PathStep[],
  budget: Budget,
  value?: Parameters<typeof ruleFor>[2],
): { readonly parent: ResourceElement; readonly rule: ElementRule; readonly length: number } {
  const last = path.at(-1);
  if (last?.kind !== 'child') {
    throw new PatchFault(422, 'invalid', 'the path of insert and move must end with the name of a list');
  }
  const parent = oneElement(findElements([resource], path.slice(0, -1), budget));
  const rule =
    value === undefined ? rulesOf(parent.type, last.name)[0] : ruleFor(parent.type, last.name, value, pathOf(parent));
  if (rule === undefined || !rule.many) {
    throw new PatchFault(422, 'invalid', 'the path of insert and move must lead to a list', pathOf(parent));
  }
  return { parent, rule, length: childrenOf(parent, rule.name, budget).length };
}

function beyond(parent: ResourceElement, what: string): PatchFault {
  return new PatchFault(422, 'value', `${what} is beyond the end of the list`, pathOf(parent));
}

/** The object that takes the children of an element; made for a primitive that has none yet. */
function ownHolder(element: ResourceElement): MutableObject {
  const holder = holderOf(element);
  if (holder !== undefined) return holder;
  if (!isPrimitiveType(element.type) || element.place === undefined) {
    throw new PatchFault(422, 'invalid', 'nothing can be added to this element', pathOf(element));
  }
  const made: MutableObject = {};
  const { holder: around, rule, index } = element.place;
  if (index === undefined) around[`_${rule.name}`] = made;
  else set(around, `_${rule.name}`, index, made);
  return made;
}

/** Puts an element where there is none, or between those of a list. */
function place(holder: MutableObject, rule: ElementRule, index: number | undefined, content: ElementContent): void {
  const sibling = `_${rule.name}`;
  if (index === undefined) {
    if (content.value !== undefined) holder[rule.name] = content.value;
    if (content.sibling !== undefined) holder[sibling] = content.sibling;
    return;
  }
  const length = Math.max(lengthOf(holder[rule.name]), lengthOf(holder[sibling]));
  insertInto(holder, rule.name, length, index, content.value);
  insertInto(holder, sibling, length, index, content.sibling);
}

/** Values and their siblings stay side by side: where one list is longer, the other has nulls (FHIR R4 json.html#primitive). */
function insertInto(
  holder: MutableObject,
  name: string,
  length: number,
  index: number,
  item: MutableJson | undefined,
): void {
  const list = holder[name];
  if (!Array.isArray(list)) {
    if (item === undefined) return;
    const made: MutableJson[] = Array.from({ length: length + 1 }, () => null);
    made[index] = item;
    holder[name] = made;
    return;
  }
  while (list.length < length) list.push(null);
  list.splice(index, 0, item ?? null);
}

function set(holder: MutableObject, name: string, index: number, item: MutableJson | undefined): void {
  const list = holder[name];
  const length = Math.max(lengthOf(holder[name.replace(/^_/, '')]), lengthOf(list), index + 1);
  if (Array.isArray(list)) {
    while (list.length < length) list.push(null);
    list[index] = item ?? null;
    if (list.every((one) => one === null)) delete holder[name];
  } else if (item !== undefined) {
    const made: MutableJson[] = Array.from({ length }, () => null);
    made[index] = item;
    holder[name] = made;
  }
}

function lengthOf(value: MutableJson | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}

function remove({ holder, rule, index }: ElementPlace, budget: Budget, emptied: Set<MutableJson>): void {
  emptied.add(holder);
  for (const name of [rule.name, `_${rule.name}`]) {
    if (index === undefined) delete holder[name];
    const list = holder[name];
    if (index === undefined || !Array.isArray(list)) continue;
    budget.spend(Math.ceil(list.length / 8));
    list.splice(index, 1);
    emptied.add(list);
    if (list.every((one) => one === null)) delete holder[name];
  }
}
