import type { Json, JsonObject } from '#libs/domain/fhir';
import { searchParameters } from '../definitions/search-parameters.js';
import { addPath, members, pathNode, walk, type PathNode } from '../paths/path-tree.js';
import { parseSearchPaths, type SearchPath } from '../paths/search-path.js';
import type { SearchParameter, SearchParameterType } from '../values/search-parameter.js';
import type { SearchValues } from '../values/search-values.js';
import { containedTypes, withContained } from './contained.js';
import { converterFor } from './convert.js';
import { canReferTo } from './reference-values.js';
import { ValueCollector } from './value-collector.js';

interface Extraction {
  readonly resource: JsonObject;
  readonly collector: ValueCollector;
}
type Visit = (value: Json, extraction: Extraction) => void;
type Part = (element: Json, whole: Extraction) => SearchValues | undefined;

const trees = new Map<string, PathNode<Visit>>();
const empty = new ValueCollector().values();

/**
 * What the search parameters of its type find in a resource and in those it contains, `_id` and `_lastUpdated` left out: those the store has itself. The paths of a
 * type are compiled into one tree when it is first asked for; a spec holds that they find what a FHIRPath engine finds.
 */
export function searchValuesOf(resource: JsonObject): SearchValues {
  const type = resource['resourceType'];
  const tree = typeof type === 'string' ? treeOf(type) : undefined;
  if (tree === undefined) return empty;
  const extraction = { resource, collector: new ValueCollector(containedTypes(resource)) };
  walk(tree, resource, (visit, value) => visit(value, extraction));
  return withContained(resource, extraction.collector.values(), searchValuesOf);
}

function treeOf(type: string): PathNode<Visit> | undefined {
  const known = trees.get(type);
  if (known !== undefined) return known;
  const parameters = searchParameters(type);
  if (parameters.size === 0) return undefined;
  const tree = pathNode<Visit>();
  for (const parameter of parameters.values()) {
    if (parameter.code === '_id' || parameter.code === '_lastUpdated') continue;
    for (const path of pathsOf(parameter.expression, type)) {
      if (parameter.type === 'composite') addComposite(tree, type, path, parameter);
      else addParameter(tree, type, path, parameter.code, parameter.type);
    }
  }
  trees.set(type, tree);
  return tree;
}

function pathsOf(expression: string, type: string): readonly SearchPath[] {
  const paths = parseSearchPaths(expression, type);
  if (paths === undefined)
    throw new Error(`the search expression ${expression} is outside the subset that is compiled`);
  return paths;
}

function addParameter(
  root: PathNode<Visit>,
  type: string,
  { steps }: SearchPath,
  parameter: string,
  parameterType: SearchParameterType,
): void {
  const [first, second] = steps;
  if (first?.kind === 'child' && second?.kind === 'isTruthy') {
    const names = members(type, first.name).map((member) => member.name);
    root.visits.push((value, { collector }) => {
      const found = names.map((name) => (value as JsonObject)[name]).find((one) => one !== undefined);
      collector.token(parameter, '', String(found !== undefined && found !== false));
    });
    return;
  }
  for (const { node, elementType, refersTo } of addPath(root, type, steps)) {
    const convert = converterFor(parameterType, elementType, parameter);
    if (convert === undefined) continue;
    node.visits.push(
      refersTo === undefined
        ? (value, { collector }) => convert(collector, parameter, value)
        : (value, { collector }) => {
            if (canReferTo(value, refersTo, collector.contained)) convert(collector, parameter, value);
          },
    );
  }
}

/** The parts of a composite are looked for in each element that its own path leads to, the most specific one (the last) first. */
function addComposite(root: PathNode<Visit>, type: string, { steps }: SearchPath, parameter: SearchParameter): void {
  const { code, components = [] } = parameter;
  for (const { node, elementType } of addPath(root, type, steps)) {
    const parts = components.map((component) => partOf(component, type, elementType));
    node.visits.push((value, whole) => {
      const found: SearchValues[] = [];
      for (let index = parts.length - 1; index >= 0; index -= 1) {
        const values = parts[index]?.(value, whole);
        if (values === undefined) return;
        found.unshift(values);
      }
      whole.collector.composite({ parameter: code, parts: found });
    });
  }
}

function partOf(
  component: NonNullable<SearchParameter['components']>[number],
  resourceType: string,
  elementType: string,
): Part {
  const ofElement = pathNode<Visit>();
  const ofResource = pathNode<Visit>();
  for (const path of pathsOf(component.expression, elementType)) {
    const isElement = path.root === 'element';
    const root = isElement ? ofElement : ofResource;
    addParameter(root, isElement ? elementType : resourceType, path, component.parameter, component.type);
  }
  return (element, { resource, collector }) => {
    const extraction = { resource, collector: new ValueCollector(collector.contained) };
    const visit = (what: Visit, value: Json): void => what(value, extraction);
    walk(ofElement, element, visit);
    walk(ofResource, resource, visit);
    return extraction.collector.isEmpty() ? undefined : extraction.collector.values();
  };
}
