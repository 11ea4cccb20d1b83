import { Decimal } from '#libs/domain/fhir';
import { childrenOf, LOOK, type ResourceElement } from './elements.js';
import { digitsOf, isMutableObject, memberOf } from '../mutable-json.js';
import { PatchFault, type Budget } from '../patch-fault.js';
import type { Condition, Operand, PathStep } from './path-step.js';
import type { Comparison } from './path-tokens.js';

/** The elements that a path leads to. Each one that is looked at costs. */
export function findElements(
  from: readonly ResourceElement[],
  path: readonly PathStep[],
  budget: Budget,
): readonly ResourceElement[] {
  let found = from;
  for (const step of path) found = takeStep(found, step, budget);
  return found;
}

function takeStep(from: readonly ResourceElement[], step: PathStep, budget: Budget): readonly ResourceElement[] {
  budget.spend(LOOK * (1 + from.length));
  switch (step.kind) {
    case 'child':
      return from.flatMap((element) => childrenOf(element, step.name, budget));
    case 'index':
      return from.slice(step.index, step.index + 1);
    case 'slice':
      return from.slice(step.from, step.to);
    case 'first':
      return from.slice(0, 1);
    case 'last':
      return from.slice(-1);
    case 'single':
      if (from.length > 1) throw new PatchFault(422, 'processing', 'single() of the path has more than one element');
      return from;
    case 'of-type':
      return from.filter(({ type }) => type === step.type);
    case 'extension':
      return from
        .flatMap((element) => childrenOf(element, 'extension', budget))
        .filter(({ value }) => isMutableObject(value) && memberOf(value, 'url') === step.url);
    case 'where':
      return from.filter((element) => holds(step.condition, element, budget) === true);
  }
}

/** Undefined where a value that it needs is missing, as in FHIRPath. */
function holds(condition: Condition, element: ResourceElement, budget: Budget): boolean | undefined {
  budget.spend(LOOK);
  switch (condition.kind) {
    case 'and': {
      const [left, right] = bothOf(condition, element, budget);
      return left === false || right === false ? false : left === undefined || right === undefined ? undefined : true;
    }
    case 'or': {
      const [left, right] = bothOf(condition, element, budget);
      return left === true || right === true ? true : left === undefined || right === undefined ? undefined : false;
    }
    case 'xor': {
      const [left, right] = bothOf(condition, element, budget);
      return left === undefined || right === undefined ? undefined : left !== right;
    }
    case 'implies': {
      const [left, right] = bothOf(condition, element, budget);
      if (left === false || right === true) return true;
      return left === undefined || right === undefined ? undefined : false;
    }
    case 'not': {
      const of = holds(condition.of, element, budget);
      return of === undefined ? undefined : !of;
    }
    case 'exists':
      return findElements([element], condition.path, budget).length > 0;
    case 'empty':
      return findElements([element], condition.path, budget).length === 0;
    case 'text': {
      const text = oneValue({ kind: 'path', steps: condition.path }, element, budget);
      return typeof text === 'string' ? testText(text, condition) : undefined;
    }
    case 'value': {
      const value = oneValue(condition.operand, element, budget);
      // A single value that is no boolean stands for true (FHIRPath §5.1).
      return typeof value === 'boolean' ? value : value === undefined ? undefined : true;
    }
    case 'compare':
      return compared(
        oneValue(condition.left, element, budget),
        condition.operator,
        oneValue(condition.right, element, budget),
      );
  }
}

function testText(text: string, { test, argument }: Extract<Condition, { kind: 'text' }>): boolean {
  switch (test) {
    case 'startsWith':
      return text.startsWith(argument);
    case 'endsWith':
      return text.endsWith(argument);
    case 'contains':
      return text.includes(argument);
  }
}

function bothOf(
  { left, right }: { readonly left: Condition; readonly right: Condition },
  element: ResourceElement,
  budget: Budget,
): readonly [boolean | undefined, boolean | undefined] {
  return [holds(left, element, budget), holds(right, element, budget)];
}

type Value = string | boolean | number | Decimal;

/** @throws PatchFault where more than one value stands, or one that cannot be compared */
function oneValue(operand: Operand, element: ResourceElement, budget: Budget): Value | undefined {
  if (operand.kind === 'literal') return operand.digits === undefined ? operand.value : new Decimal(operand.digits);
  const [found, another] = findElements([element], operand.steps, budget);
  if (another !== undefined) {
    throw new PatchFault(422, 'processing', 'a condition of the path compares more than one value');
  }
  if (found?.value === undefined || found.value === null) return undefined;
  if (typeof found.value === 'object' && !(found.value instanceof Decimal)) {
    throw new PatchFault(422, 'processing', 'a condition of the path compares an element that is no primitive');
  }
  return found.value;
}

function compared(left: Value | undefined, operator: Comparison, right: Value | undefined): boolean | undefined {
  if (left === undefined || right === undefined) {
    if (operator === '~') return left === right;
    if (operator === '!~') return left !== right;
    return undefined;
  }
  switch (operator) {
    case '=':
      return isEqual(left, right);
    case '!=':
      return !isEqual(left, right);
    case '~':
      return isAlike(left, right);
    case '!~':
      return !isAlike(left, right);
    case '<':
    case '>':
    case '<=':
    case '>=':
      return isOrdered(left, operator, right);
  }
}

function isNumber(value: Value): value is number | Decimal {
  return typeof value === 'number' || value instanceof Decimal;
}

function isEqual(left: Value, right: Value): boolean {
  return isNumber(left) && isNumber(right) ? digitsOf(left) === digitsOf(right) : left === right;
}

/** `~`: whatever the case and the spaces of a text. */
function isAlike(left: Value, right: Value): boolean {
  if (typeof left !== 'string' || typeof right !== 'string') return isEqual(left, right);
  const folded = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();
  return folded(left) === folded(right);
}

function isOrdered(left: Value, operator: '<' | '>' | '<=' | '>=', right: Value): boolean | undefined {
  const pair = isNumber(left) && isNumber(right) ? [Number(textOf(left)), Number(textOf(right))] : [left, right];
  const [a, b] = pair as [string | number, string | number];
  if (typeof a !== typeof b || (typeof a !== 'string' && typeof a !== 'number')) return undefined;
  switch (operator) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
  }
}

function textOf(value: number | Decimal): string {
  return value instanceof Decimal ? value.text : String(value);
}
