import { RESOURCE_TYPES } from '#libs/domain/fhir';
import { datePeriod, parseSearch, type SearchParameterValue, type SearchQuery } from '#libs/fhir-search';
import { oneIssue, refusal } from '../answers/refusal.js';
import { requireId } from '../plan/read-request.js';
import type { OwnBases } from '../references/own-base.js';
import type { Queries } from '../repository/search-port.js';
import { shown } from './handling.js';
import { isInCompartment, planSearch, typesNamed } from './plan-search.js';

interface Context {
  readonly own: OwnBases;
  /** ms since 1970 */
  readonly now: number;
  readonly mayFind: (type: string) => boolean;
}

const EVERYTHING = new Set(['_since', '_type', '_count', '_cursor', '_format', '_pretty']);

/**
 * `Patient/{id}/$everything` (R4 patient-operation-everything.html): the compartment of the Patient, and what its members refer to outside
 * of it, page by page.
 */
export function planEverything(
  patient: string,
  parameters: readonly SearchParameterValue[],
  context: Context,
): Queries {
  requireId(patient, 'Patient');
  const other = parameters.find(({ name }) => !EVERYTHING.has(name));
  if (other !== undefined)
    throw oneIssue(400, 'not-supported', '$everything takes _since, _type and _count', `http.${shown(other.name)}`);
  const since = parameters.filter(({ name }) => name === '_since');
  if (since.some(({ value }) => value !== '' && datePeriod(value.replace(' ', '+')) === undefined))
    throw oneIssue(400, 'value', '_since must be a date or time that exists, as 2026-02-28T10:00:00Z', 'http._since');
  const asked = parameters.map(({ name, value }) =>
    name === '_since' ? { name: '_lastUpdated', value: `ge${value}` } : { name, value },
  );
  const target = { kind: 'compartment', of: 'Patient', id: patient, type: '*' } as const;
  const named = typesNamed(parameters);
  if (named !== undefined && !named.some(isInCompartment))
    throw oneIssue(
      400,
      'not-supported',
      '_type names no type of the compartment of a Patient; of others there is what its members refer to, beside them',
      'http._type',
    );
  const [first, ...rest] = planSearch({ target, parameters: asked, handling: 'strict' }, context);
  // Members of the compartment have a page of their own.
  const includes = RESOURCE_TYPES.filter((type) => !isInCompartment(type) && named?.includes(type) !== false).map(
    (type) => ({ reverse: false, source: '*', parameter: '*', target: type, iterate: false }),
  );
  const used = parameters.filter(({ name }) => name !== '_cursor');
  const complete = (query: SearchQuery): SearchQuery => ({ ...query, includes, used });
  return [complete(first), ...rest.map(complete)];
}

const MAX_OF_EACH = 100;

/** `Observation/$lastn` (R4 observation-operation-lastn.html): any search of Observations of a patient, with `max` of each code (1). */
export function planLast(
  parameters: readonly SearchParameterValue[],
  { own, now }: Omit<Context, 'mayFind'>,
): { readonly query: SearchQuery; readonly max: number } {
  const [{ value: max } = { value: '1' }, another] = parameters.filter(({ name }) => name === 'max');
  if (another !== undefined) throw oneIssue(400, 'value', 'max may be given once', 'http.max');
  if (!/^[1-9]\d{0,8}$/.test(max) || Number(max) > MAX_OF_EACH)
    throw oneIssue(400, 'value', `max must be a whole number from 1 to ${MAX_OF_EACH}`, 'http.max');
  const others = parameters.filter(({ name }) => name !== 'max');
  const options = { handling: 'strict', maxCount: 1000, defaultCount: 1000, ownBases: own, now } as const;
  const parsed = parseSearch('Observation', others, options);
  if (parsed.kind === 'refused') throw refusal(400, parsed.issues);
  const isOfSomebody = parsed.query.conditions.some(
    (condition) => 'parameter' in condition && (condition.parameter === 'patient' || condition.parameter === 'subject'),
  );
  if (!isOfSomebody) throw oneIssue(400, 'required', '$lastn needs a patient or a subject', 'http.patient');
  // What the link names was heeded.
  const used = parameters.filter(
    ({ name }) => name === 'max' || (!isOfPages(name) && parsed.query.used.some((one) => one.name === name)),
  );
  return { query: { ...parsed.query, used }, max: Number(max) };
}

/** `max` says how many of which code there are, the newest first, on one page, with nothing beside. */
function isOfPages(name: string): boolean {
  return /^_(?:sort|count|total|include|revinclude)(?::|$)/.test(name);
}
