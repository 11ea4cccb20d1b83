import { RESOURCE_TYPES } from '#libs/domain/fhir';
import type { SearchParameter, SearchParameterType } from '../values/search-parameter.js';
import { DEFINITIONS } from './definitions.generated.js';

type ComponentRow = readonly [parameter: string, type: SearchParameterType, expression: string, systems: string[]];
type ParameterRow = readonly [
  code: string,
  type: SearchParameterType,
  expression: string,
  definition: string,
  targets: readonly string[] | '*',
  systems: readonly string[],
  components: readonly ComponentRow[],
];
interface Table {
  readonly everyType: readonly ParameterRow[];
  readonly types: Readonly<Record<string, readonly ParameterRow[]>>;
  readonly patientCompartment: Readonly<Record<string, readonly string[]>>;
}

const table = JSON.parse(DEFINITIONS) as Table;
const everyType = table.everyType.map(parameterOf);
const byType = new Map<string, ReadonlyMap<string, SearchParameter>>();
const none: ReadonlyMap<string, SearchParameter> = new Map();

/**
 * The search parameters of a resource type by their code, those of every type (`_id`, `_tag` …) among them; empty for a name that is no
 * type of R4. Parameters without an expression (`_text`, `_content`) and of a meaning of their own (`near`) are not among them.
 */
export function searchParameters(type: string): ReadonlyMap<string, SearchParameter> {
  const known = byType.get(type);
  if (known !== undefined) return known;
  if (!Object.hasOwn(table.types, type)) return none;
  const all = [...everyType, ...(table.types[type] ?? []).map(parameterOf)];
  const parameters = new Map(all.map((one) => [one.code, one]));
  byType.set(type, parameters);
  return parameters;
}

/**
 * The reference parameters of a type by which its resources belong to the compartment of a Patient (R4 compartmentdefinition-patient.html);
 * undefined for a type that is never in it. A Patient is also in its own.
 */
export function compartmentParameters(type: string): readonly string[] | undefined {
  return Object.hasOwn(table.patientCompartment, type) ? table.patientCompartment[type] : undefined;
}

function parameterOf([
  code,
  type,
  expression,
  definition,
  targets,
  systems,
  components,
]: ParameterRow): SearchParameter {
  return {
    code,
    type,
    expression,
    definition: definition.includes('://') ? definition : `http://hl7.org/fhir/SearchParameter/${definition}`,
    ...(targets === '*' ? { targets: RESOURCE_TYPES } : targets.length === 0 ? {} : { targets }),
    ...(systems.length === 0 ? {} : { systems }),
    ...(components.length === 0 ? {} : { components: components.map(componentOf) }),
  };
}

function componentOf([parameter, type, expression, systems]: ComponentRow): NonNullable<
  SearchParameter['components']
>[number] {
  return { parameter, type, expression, ...(systems.length === 0 ? {} : { systems }) };
}
