/** One step of a path, in the subset of FHIRPath that R4's search expressions are written in. */
export type PathStep =
  | { readonly kind: 'child'; readonly name: string }
  | { readonly kind: 'ofType'; readonly type: string }
  /** `where(system='phone')`. */
  | { readonly kind: 'equals'; readonly element: string; readonly value: string }
  /** `where(resolve() is Patient)`, of a reference. */
  | { readonly kind: 'refersTo'; readonly type: string }
  /** `[0]`. */
  | { readonly kind: 'first' }
  /** `X.exists() and X != false`: one boolean, also where X is absent. */
  | { readonly kind: 'isTruthy' };

export interface SearchPath {
  /** Where it begins: at the element it is given, or at the resource that has it (`%resource`). */
  readonly root: 'element' | 'resource';
  readonly steps: readonly PathStep[];
}

const TRUTHY = /^(\w+(?:\.\w+)*)\.exists\(\) and \1 != false$/;
const STEP =
  /^(?:\.?ofType\((\w+)\)|\.?where\((\w+)='([^']*)'\)|\.?where\(resolve\(\) is (\w+)\)|\[0\]|\.?(\w+)(?![\w(]))/;

/**
 * The paths of an expression (one per part of its union), relative to a type: `Observation.value.ofType(Quantity)` of Observation.
 * Undefined for an expression outside the subset; a spec holds that R4 has none.
 */
export function parseSearchPaths(expression: string, type: string): readonly SearchPath[] | undefined {
  const paths = expression.split('|').map((part) => parsePath(part.trim(), type));
  return paths.some((path) => path === undefined) ? undefined : paths.filter((path) => path !== undefined);
}

function parsePath(written: string, type: string): SearchPath | undefined {
  const truthy = TRUTHY.exec(written)?.[1];
  if (truthy !== undefined) {
    const path = parsePath(truthy, type);
    return path === undefined ? undefined : { ...path, steps: [...path.steps, { kind: 'isTruthy' }] };
  }
  // Brackets only group a whole path from its beginning: `(Observation.value.ofType(string)).text`.
  let rest = written.startsWith('(') ? withoutBrackets(written) : written;
  if (rest === undefined) return undefined;
  const root = rest.startsWith('%resource') ? 'resource' : 'element';
  if (root === 'resource') rest = rest.slice('%resource'.length);
  const steps: PathStep[] = [];
  while (rest !== '') {
    const match = STEP.exec(rest);
    if (match === null) return undefined;
    steps.push(stepOf(match));
    rest = rest.slice(match[0].length);
  }
  const [first] = steps;
  const namesType = root === 'element' && first?.kind === 'child' && (first.name === type || first.name === 'Resource');
  return { root, steps: namesType ? steps.slice(1) : steps };
}

function stepOf([, ofType, element, value, refersTo, name]: RegExpExecArray): PathStep {
  if (ofType !== undefined) return { kind: 'ofType', type: ofType };
  if (element !== undefined) return { kind: 'equals', element, value: value ?? '' };
  if (refersTo !== undefined) return { kind: 'refersTo', type: refersTo };
  return name === undefined ? { kind: 'first' } : { kind: 'child', name };
}

function withoutBrackets(written: string): string | undefined {
  let depth = 0;
  for (let at = 0; at < written.length; at += 1) {
    if (written[at] === '(') depth += 1;
    if (written[at] === ')') depth -= 1;
    if (depth === 0) return written.slice(1, at) + written.slice(at + 1);
  }
  return undefined;
}
