import type { SearchParameter } from '../values/search-parameter.js';
import { addPath, pathNode } from './path-tree.js';
import { parseSearchPaths } from './search-path.js';

const cache = new WeakMap<object, ReadonlySet<string>>();

/** FHIR types of the elements that a parameter of a resource type leads to. */
export function elementTypes(type: string, parameter: Pick<SearchParameter, 'expression'>): ReadonlySet<string> {
  const known = cache.get(parameter);
  if (known !== undefined) return known;
  const paths = parseSearchPaths(parameter.expression, type) ?? [];
  const types = new Set(
    paths.flatMap(({ steps }) =>
      steps.at(-1)?.kind === 'isTruthy'
        ? ['boolean']
        : addPath(pathNode<never>(), type, steps).map((end) => end.elementType),
    ),
  );
  cache.set(parameter, types);
  return types;
}
