import { resourcesOf, type ElementDefinition } from './source.js';

interface Concept {
  readonly code: string;
  readonly concept?: readonly Concept[];
}
interface Filter {
  readonly property: string;
  readonly op: string;
  readonly value: string;
}
interface Include {
  readonly system?: string;
  readonly concept?: readonly Concept[];
  readonly valueSet?: readonly string[];
  readonly filter?: readonly Filter[];
}
interface Terminology {
  readonly resourceType: string;
  readonly url: string;
  readonly content?: string;
  readonly concept?: readonly Concept[];
  readonly compose?: { readonly include: readonly Include[]; readonly exclude?: readonly Include[] };
}

/** system → codes */
export type Codes = Readonly<Record<string, readonly string[]>>;

/** Sets that name a code system of another standard are checked by a rule of `libs/fhir-validation`. */
const BY_RULE: Readonly<Record<string, string>> = {
  'http://hl7.org/fhir/ValueSet/mimetypes': 'mime',
  'http://hl7.org/fhir/ValueSet/currencies': 'currency',
  'http://hl7.org/fhir/ValueSet/all-languages': 'language',
  'http://hl7.org/fhir/ValueSet/ucum-units': 'ucum',
  'http://www.rfc-editor.org/bcp/bcp13.txt': 'mime',
  'http://hl7.org/fhir/us/core/ValueSet/detailed-race': 'cdc-race',
  'http://hl7.org/fhir/us/core/ValueSet/detailed-ethnicity': 'cdc-race',
};

/** Sets of US Core 5.0.1 that its package names and does not ship; short ones, from the guide's pages. */
const US_CORE: Readonly<Record<string, Codes>> = {
  'http://hl7.org/fhir/us/core/ValueSet/omb-race-category': {
    'urn:oid:2.16.840.1.113883.6.238': ['1002-5', '2028-9', '2054-5', '2076-8', '2106-3'],
    'http://terminology.hl7.org/CodeSystem/v3-NullFlavor': ['ASKU', 'UNK'],
  },
  'http://hl7.org/fhir/us/core/ValueSet/omb-ethnicity-category': {
    'urn:oid:2.16.840.1.113883.6.238': ['2135-2', '2186-5'],
    'http://terminology.hl7.org/CodeSystem/v3-NullFlavor': ['ASKU', 'UNK'],
  },
  'http://hl7.org/fhir/us/core/ValueSet/birthsex': {
    'http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender': ['F', 'M'],
    'http://terminology.hl7.org/CodeSystem/v3-NullFlavor': ['ASKU', 'OTH', 'UNK'],
  },
};

const terminology = new Map(
  ['valuesets.json', 'v3-codesystems.json', 'v2-tables.json']
    .flatMap((file) => resourcesOf<Terminology>(file))
    .map((one) => [`${one.resourceType} ${one.url}`, one]),
);

/** What a required binding says: a rule's name, or its codes by system; undefined when the packages of R4 cannot list it. */
export type Binding = { readonly rule: string } | { readonly codes: Codes };

/** The value set of a binding that must hold: a required one, or the maximum of a weaker one. */
export function requiredSet(element: ElementDefinition): string | undefined {
  const { binding } = element;
  if (binding?.strength === 'required') return binding.valueSet?.split('|')[0];
  const max = binding?.extension?.find(({ url }) => url.endsWith('elementdefinition-maxValueSet'))?.valueCanonical;
  return max?.split('|')[0];
}

export function bindingOf(valueSet: string): Binding | undefined {
  const rule = BY_RULE[valueSet];
  if (rule !== undefined) return { rule };
  const known = US_CORE[valueSet];
  if (known !== undefined) return { codes: known };
  const pairs = expand(valueSet, new Set());
  if (pairs === undefined || pairs.size === 0) return undefined;
  const codes: Record<string, string[]> = {};
  for (const pair of [...pairs].sort()) {
    const [system = '', code = ''] = pair.split('\n');
    (codes[system] ??= []).push(code);
  }
  return { codes };
}

/** `system\ncode` of all members; undefined when they cannot be listed. */
function expand(url: string, above: ReadonlySet<string>): Set<string> | undefined {
  const set = terminology.get(`ValueSet ${url.split('|')[0]}`);
  if (set?.compose === undefined || above.has(url)) return undefined;
  const inside = new Set([...above, url]);
  const members = new Set<string>();
  for (const include of set.compose.include) {
    const part = included(include, inside);
    if (part === undefined) return undefined;
    for (const pair of part) members.add(pair);
  }
  for (const exclude of set.compose.exclude ?? []) {
    const part = included(exclude, inside);
    if (part === undefined) return undefined;
    for (const pair of part) members.delete(pair);
  }
  return members;
}

/** Of one include: what its system, its sets and its filters have in common. */
function included(include: Include, above: ReadonlySet<string>): Set<string> | undefined {
  const parts: Set<string>[] = [];
  for (const url of include.valueSet ?? []) {
    const part = expand(url, above);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  if (include.system !== undefined) {
    const codes = codesOf(include);
    if (codes === undefined) return undefined;
    parts.push(new Set(codes.map((code) => `${include.system}\n${code}`)));
  }
  const [first, ...more] = parts;
  if (first === undefined) return undefined;
  return new Set([...first].filter((pair) => more.every((part) => part.has(pair))));
}

function codesOf(include: Include): readonly string[] | undefined {
  if (include.concept !== undefined) return flat(include.concept);
  const system = terminology.get(`CodeSystem ${include.system}`);
  if (system?.concept === undefined || system.content !== 'complete') return undefined;
  let concepts = system.concept;
  for (const { property, op, value } of include.filter ?? []) {
    if (property !== 'concept' || (op !== 'is-a' && op !== 'descendent-of')) return undefined;
    const found = find(concepts, value);
    if (found === undefined) return undefined;
    concepts = op === 'is-a' ? [found] : (found.concept ?? []);
  }
  return flat(concepts);
}

function flat(concepts: readonly Concept[]): string[] {
  return concepts.flatMap((concept) => [concept.code, ...flat(concept.concept ?? [])]);
}

function find(concepts: readonly Concept[], code: string): Concept | undefined {
  for (const concept of concepts) {
    const found = concept.code === code ? concept : find(concept.concept ?? [], code);
    if (found !== undefined) return found;
  }
  return undefined;
}
