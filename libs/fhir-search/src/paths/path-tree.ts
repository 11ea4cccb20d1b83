import { typeRule, type Json, type JsonObject } from '#libs/domain/fhir';
import type { PathStep } from './search-path.js';

/**
 * The paths of all parameters of a type in one tree by JSON name, so that one walk over a resource finds the values of all of them. Choices
 * are resolved when it is built: `value.ofType(Quantity)` is the member `valueQuantity`, `effective` is each of its members.
 */
export interface PathNode<Visit> {
  /** What is done with a value that stands here. */
  readonly visits: Visit[];
  readonly children: Map<string, PathNode<Visit>>;
  /** Children of which only the first value counts: `entry[0]`. */
  readonly firsts: Map<string, PathNode<Visit>>;
  /** Nodes of the same value if it passes: `telecom.where(system='phone')`. */
  readonly filtered: { readonly element: string; readonly value: string; readonly node: PathNode<Visit> }[];
}

/** A place that a path leads to, with the type of what stands there. */
export interface PathEnd<Visit> {
  readonly node: PathNode<Visit>;
  readonly elementType: string;
  /** Only references to this type. */
  readonly refersTo?: string;
}

/** Base types of those that R4 derives from others; ofType also takes what is derived. */
const BASES: Readonly<Record<string, string>> = {
  url: 'uri',
  canonical: 'uri',
  oid: 'uri',
  uuid: 'uri',
  code: 'string',
  id: 'string',
  markdown: 'string',
  positiveInt: 'integer',
  unsignedInt: 'integer',
  Age: 'Quantity',
  Count: 'Quantity',
  Distance: 'Quantity',
  Duration: 'Quantity',
};

function isOfType(type: string, wanted: string): boolean {
  return type === wanted || (Object.hasOwn(BASES, type) && BASES[type] === wanted);
}

export function pathNode<Visit>(): PathNode<Visit> {
  return { visits: [], children: new Map(), firsts: new Map(), filtered: [] };
}

/** Adds a path below `root`, which is of `type`, and returns its ends: one, or one for each member of a choice. */
export function addPath<Visit>(root: PathNode<Visit>, type: string, steps: readonly PathStep[]): PathEnd<Visit>[] {
  let ends: PathEnd<Visit>[] = [{ node: root, elementType: type }];
  steps.forEach((step, index) => {
    const following = steps[index + 1];
    ends = ends.flatMap((end) => nextEnds(end, step, following));
  });
  return ends;
}

function nextEnds<Visit>(end: PathEnd<Visit>, step: PathStep, following: PathStep | undefined): PathEnd<Visit>[] {
  switch (step.kind) {
    case 'child':
      // Members of a choice that an ofType drops are not entered at all.
      return members(end.elementType, step.name)
        .filter((member) => following?.kind !== 'ofType' || isOfType(member.type, following.type))
        .map((member) => {
          const children = following?.kind === 'first' ? end.node.firsts : end.node.children;
          let node = children.get(member.name);
          if (node === undefined) children.set(member.name, (node = pathNode()));
          return { ...end, node, elementType: member.type };
        });
    case 'ofType':
      return isOfType(end.elementType, step.type) ? [end] : [];
    case 'equals': {
      const same = end.node.filtered.find((one) => one.element === step.element && one.value === step.value);
      if (same !== undefined) return [{ ...end, node: same.node }];
      const node = pathNode<Visit>();
      end.node.filtered.push({ element: step.element, value: step.value, node });
      return [{ ...end, node }];
    }
    case 'refersTo':
      return [{ ...end, refersTo: step.type }];
    case 'first': // taken with the step before
    case 'isTruthy': // what is done with the values before it
      return [end];
  }
}

/** The JSON names of an element with their types: several where it is a choice. */
export function members(type: string, name: string): readonly { readonly name: string; readonly type: string }[] {
  const rule = typeRule(type);
  const element = rule?.elements.get(name);
  if (element !== undefined) return [{ name, type: element.type }];
  const choice = `${name}[x]`;
  return [...(rule?.elements.values() ?? [])]
    .filter((one) => one.choice === choice)
    .map((one) => ({ name: one.name, type: one.type }));
}

/** Calls `visit` for each value of the resource that a path leads to, in the order of the resource. */
export function walk<Visit>(node: PathNode<Visit>, value: Json, visit: (what: Visit, value: Json) => void): void {
  if (Array.isArray(value)) {
    for (const one of value as readonly Json[]) walk(node, one, visit);
    return;
  }
  if (value === null || value === undefined) return;
  for (const what of node.visits) visit(what, value);
  if (typeof value !== 'object') return;
  const object = value as JsonObject;
  if (node.children.size > 0) {
    for (const name in object) {
      const child = node.children.get(name);
      if (child !== undefined) walk(child, object[name] as Json, visit);
    }
  }
  for (const [name, child] of node.firsts) {
    const values = object[name];
    if (Array.isArray(values) && values.length > 0) walk(child, values[0] as Json, visit);
  }
  for (const { element, value: wanted, node: next } of node.filtered) {
    if (object[element] === wanted) walk(next, value, visit);
  }
}
