import { definitions, resourceNames, targetsOf, typeName } from './source.js';
import { bindingOf, requiredSet, type Codes } from './terminology.js';

interface Extra {
  /** Value set of a required binding, by its url. */
  readonly b?: string;
  /** Resource types that a reference may point to. */
  readonly t?: readonly string[];
}

/** [min, max (0: any number), types, extra] */
type ElementRow = readonly [number, number, readonly string[], Extra?];

/** The table that `libs/domain/fhir` interprets. */
export interface StructureTable {
  readonly resources: readonly string[];
  readonly types: Readonly<Record<string, Readonly<Record<string, ElementRow>>>>;
  /** By url: codes by system, or the name of a rule. */
  readonly valueSets: Readonly<Record<string, Codes | string>>;
}

const BOUND = new Set(['code', 'Coding', 'CodeableConcept', 'Quantity', 'string', 'uri']);

/** @param unlisted gets the value sets that the packages of R4 cannot list, with the element */
export function structureTable(unlisted: (valueSet: string, path: string) => void): StructureTable {
  const types: Record<string, Record<string, ElementRow>> = {};
  const valueSets: Record<string, Codes | string> = {};
  for (const definition of definitions) {
    const elements = definition.snapshot?.element ?? [];
    const parents = new Set(elements.map((element) => element.path.split('.').slice(0, -1).join('.')));
    for (const element of elements) {
      const parent = element.path.split('.').slice(0, -1).join('.');
      if (parent === '' || element.max === '0') continue;
      const typesOf = parents.has(element.path)
        ? [element.path]
        : element.contentReference !== undefined
          ? [element.contentReference.split('#')[1] ?? '']
          : (element.type ?? []).map((type) => typeName(type, element.path));
      const set = typesOf.some((type) => BOUND.has(type)) ? requiredSet(element) : undefined;
      const binding = set === undefined ? undefined : bindingOf(set);
      if (set !== undefined && binding === undefined) unlisted(set, element.path);
      if (set !== undefined && binding !== undefined) valueSets[set] = 'rule' in binding ? binding.rule : binding.codes;
      const targets = targetsOf(element.type ?? []);
      const extra: Extra = {
        ...(set === undefined || binding === undefined ? {} : { b: set }),
        ...(targets === undefined ? {} : { t: targets }),
      };
      const max = element.max === '*' ? 0 : Number(element.max);
      (types[parent] ??= {})[element.path.slice(parent.length + 1)] =
        Object.keys(extra).length === 0 ? [element.min, max, typesOf] : [element.min, max, typesOf, extra];
    }
  }
  return { resources: [...resourceNames].sort(), types, valueSets };
}
