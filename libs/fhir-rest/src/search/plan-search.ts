import { isResourceType, RESOURCE_TYPES } from '#libs/domain/fhir';
import {
  compartmentParameters,
  parseSearch,
  type Condition,
  type ParsedSearch,
  type SearchOptions,
  type SearchParameterValue,
  type SearchQuery,
} from '#libs/fhir-search';
import { oneIssue, refusal } from '../answers/refusal.js';
import { requireId, requireType } from '../plan/read-request.js';
import type { OwnBases } from '../references/own-base.js';
import type { Queries } from '../repository/search-port.js';
import type { Handling } from './handling.js';
import type { SearchTarget } from './search-target.js';

/** Matches on a page where the client does not say how many, and at most. */
export const DEFAULT_COUNT = 50;
export const MAX_COUNT = 1000;
/** Types of one search of the whole system: each is a search of its own. */
const MAX_TYPES = 30;

export interface AskedSearch {
  readonly target: SearchTarget;
  readonly parameters: readonly SearchParameterValue[];
  readonly handling: Handling;
}

/**
 * The searches that a request asks for, one for each type.
 * @param mayFind whether anything of a type may be found: of a whole compartment the others are left out
 * @param now ms since 1970
 * @throws OutcomeProblem 400 for parameters and values that are not right, 404 for types that R4 has not
 */
export function planSearch(
  { target, parameters, handling }: AskedSearch,
  { own, now, mayFind }: { readonly own: OwnBases; readonly now: number; readonly mayFind: (type: string) => boolean },
): Queries {
  const { types, others } = typesOf(target, parameters);
  const found = types.filter((type) => target.kind !== 'compartment' || target.type !== '*' || mayFind(type));
  const options = {
    handling,
    maxCount: MAX_COUNT,
    defaultCount: DEFAULT_COUNT,
    ownBases: own,
    now,
    defaultTotal: 'estimate',
  } as const;
  const isAsked = others.some(({ name }) => name === '_total');
  // The types are no condition, but a part of the question: links go on with them.
  const named = parameters.filter((one) => !others.includes(one));
  const queries = parsedForAll(found, others, options).map(({ query }) => ({
    ...query,
    // Who asks for an estimate by name gets a number, however many there are.
    total: isAsked && query.total === 'estimate' ? ('accurate' as const) : query.total,
    conditions: [...membership(target, query.type), ...query.conditions],
    used: [...named, ...query.used],
  }));
  const [first, ...rest] = queries;
  if (first === undefined)
    throw oneIssue(403, 'forbidden', 'no type of the compartment may be searched with these scopes');
  if (rest.length > 0) requireCommonOrder(first);
  return [first, ...rest];
}

type Parsed = Extract<ParsedSearch, { kind: 'ok' }>;

/**
 * The search for each of the types. A parameter that one of them does not have is common to none (R4 search.html: with `_type` all others must
 * be): it is left out for all, or else one type would be shown as a whole among matches of another. An element may be of one of them only.
 */
function parsedForAll(
  types: readonly string[],
  parameters: readonly SearchParameterValue[],
  options: SearchOptions,
): readonly Parsed[] {
  const parsed = types.map((type) => parsedFor(type, parameters, options));
  const isCommon = ({ name }: SearchParameterValue): boolean =>
    name === '_elements' || new Set(parsed.map((one) => timesIgnored(one, name))).size === 1;
  const rest = parameters.filter(isCommon);
  const common = rest.length === parameters.length ? parsed : types.map((type) => parsedFor(type, rest, options));
  const elements = [...new Set(common.flatMap(({ query }) => query.elements))];
  const used = rest.filter((one) => common.some(({ query }) => query.used.some((other) => isSame(one, other))));
  return common.map((one) => ({ ...one, query: { ...one.query, elements, used } }));
}

function isSame(one: SearchParameterValue, other: SearchParameterValue): boolean {
  return one.name === other.name && one.value === other.value;
}

function timesIgnored({ ignored }: Parsed, name: string): number {
  return ignored.filter((one) => one === name).length;
}

function parsedFor(type: string, parameters: readonly SearchParameterValue[], options: SearchOptions): Parsed {
  const parsed = parseSearch(type, parameters, options);
  if (parsed.kind === 'refused') throw refusal(400, parsed.issues);
  return parsed;
}

function typesOf(
  target: SearchTarget,
  parameters: readonly SearchParameterValue[],
): { readonly types: readonly string[]; readonly others: readonly SearchParameterValue[] } {
  if (target.kind === 'type') return { types: [requireType(target.type)], others: parameters };
  if (target.kind === 'compartment') {
    if (target.type !== '*') requireType(target.type);
    requireType(target.of);
    requireId(target.id, target.of);
    if (target.of !== 'Patient') throw oneIssue(400, 'not-supported', 'compartments are those of Patients', target.of);
    if (target.type !== '*') {
      if (!isInCompartment(target.type))
        throw oneIssue(400, 'not-supported', `${target.type} is not in the compartment of a Patient`, target.type);
      return { types: [target.type], others: parameters };
    }
  }
  const { named, others } = namedTypes(parameters);
  if (target.kind === 'compartment') {
    const members = RESOURCE_TYPES.filter(
      (type) => isInCompartment(type) && (named.length === 0 || named.includes(type)),
    );
    return { types: members, others };
  }
  if (named.length === 0)
    throw oneIssue(
      400,
      'required',
      'a search of the whole system names its types: _type=Patient,Observation',
      'http._type',
    );
  return { types: named, others };
}

/** The types of `_type`; undefined where it is absent. */
export function typesNamed(parameters: readonly SearchParameterValue[]): readonly string[] | undefined {
  const { named } = namedTypes(parameters);
  return named.length === 0 ? undefined : named;
}

function namedTypes(parameters: readonly SearchParameterValue[]): {
  readonly named: readonly string[];
  readonly others: readonly SearchParameterValue[];
} {
  const named = new Set(
    parameters.filter(({ name }) => name === '_type').flatMap(({ value }) => value.split(',').map((one) => one.trim())),
  );
  for (const type of named) {
    if (!isResourceType(type)) throw oneIssue(400, 'value', '_type: not a resource type of R4', 'http._type');
  }
  if (named.size > MAX_TYPES) throw oneIssue(400, 'too-costly', `_type: at most ${MAX_TYPES} types`, 'http._type');
  return { named: [...named], others: parameters.filter(({ name }) => name !== '_type') };
}

/** Whether resources of the type may be in the compartment of a Patient. */
export function isInCompartment(type: string): boolean {
  return type === 'Patient' || compartmentParameters(type) !== undefined;
}

function membership(target: SearchTarget, type: string): readonly Condition[] {
  if (target.kind !== 'compartment') return [];
  return [{ kind: 'compartment', patient: target.id, parameters: compartmentParameters(type) ?? [] }];
}

/** Only what every resource has can put resources of several types in one order. */
function requireCommonOrder({ sort }: SearchQuery): void {
  if (sort.some(({ parameter }) => parameter !== '_lastUpdated' && parameter !== '_id'))
    throw oneIssue(400, 'not-supported', '_sort: several types are sorted by _lastUpdated and _id only', 'http._sort');
}
