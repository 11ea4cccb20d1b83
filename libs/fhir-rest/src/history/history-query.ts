import { datePeriod } from '#libs/fhir-search';
import { oneIssue } from '../answers/refusal.js';
import type { Projection } from '../projection/project-resource.js';
import { requireTaken, type Handling } from '../search/handling.js';
import { readProjection } from '../search/read-projection.js';
import { searchParametersOf } from '../search/search-text.js';
import type { HistoryOf, HistoryPlace, HistoryRequest } from './history-request.js';

/** Query parameters by name; a repeated one has a list. */
export type QueryParameters = Readonly<Record<string, unknown>>;

/** Those of the url of an entry. */
export function queryParametersOf(query: string): QueryParameters {
  const lists = Map.groupBy(searchParametersOf(query), ({ name }) => name);
  return Object.fromEntries(
    [...lists].map(([name, list]) => [name, list.length === 1 ? list[0]?.value : list.map(({ value }) => value)]),
  );
}

const DEFAULT_COUNT = 50;
const MAX_COUNT = 500;
const PLACE = /^(\d{1,15})~([A-Za-z]{1,64})~([A-Za-z0-9\-.]{1,64})~([1-9]\d{0,9})$/;

const TAKEN = ['_count', '_since', '_at', '_summary', '_elements', '_format', '_pretty', '_cursor'];

/** `_count`, `_since`, `_at` and the place of a `next` link (FHIR R4 http.html#history). @throws OutcomeProblem 400 */
export function readHistoryQuery(
  of: HistoryOf,
  query: QueryParameters,
  handling: Handling = 'lenient',
): HistoryRequest {
  const names = Object.keys(query).map((name) => ({ name }));
  requireTaken(names, TAKEN, handling);
  const count = countOf(single(query, '_count'));
  const since = single(query, '_since');
  const at = single(query, '_at');
  const after = single(query, '_cursor');
  return {
    of,
    count,
    ...(since === undefined ? {} : { since: periodOf(since, '_since').from }),
    ...(at === undefined ? {} : { at: periodOf(at, '_at') }),
    ...(after === undefined ? {} : { after: placeOf(after) }),
  };
}

/**
 * Which part of the versions is shown: `_summary` and `_elements`, as of a read. Of several types an element may be one of some of them only.
 *
 * @throws OutcomeProblem 400
 */
export function readHistoryProjection(of: HistoryOf, query: QueryParameters): Projection {
  const [type = 'Patient', another] = of.kind === 'instance' ? [of.type] : of.types;
  const asked = (name: string): readonly { readonly name: string; readonly value: string }[] => {
    const value = single(query, name);
    return value === undefined ? [] : [{ name, value }];
  };
  if (another === undefined) return readProjection(type, [...asked('_summary'), ...asked('_elements')]);
  const elements = asked('_elements').flatMap(({ value }) => value.split(','));
  return { ...readProjection(type, asked('_summary')), elements };
}

/** The query of a link to this page, or to the one behind `after`. */
export function historyLink(query: QueryParameters, count: number, after?: HistoryPlace): string {
  const link = new URLSearchParams();
  for (const name of ['_since', '_at', '_summary', '_elements']) {
    const value = query[name];
    if (typeof value === 'string') link.set(name, value.replace(' ', '+'));
  }
  if (query['_count'] !== undefined || after !== undefined) link.set('_count', String(count));
  const cursor = after === undefined ? query['_cursor'] : textOf(after);
  if (typeof cursor === 'string') link.set('_cursor', cursor);
  const text = link.toString();
  return text === '' ? '' : `?${text}`;
}

function countOf(text: string | undefined): number {
  if (text === undefined) return DEFAULT_COUNT;
  if (!/^\d{1,9}$/.test(text)) throw bad('_count', 'must be a whole number from 0');
  return Math.min(Number(text), MAX_COUNT);
}

function periodOf(text: string, name: string): { readonly from: number; readonly to: number } {
  // In a query a plus that is not escaped is a space.
  const period = datePeriod(text.replace(' ', '+'));
  if (period === undefined) throw bad(name, 'must be a date or time that exists, as 2026-02-28T10:00:00Z');
  return period;
}

function placeOf(cursor: string): HistoryPlace {
  const [, time, type, id, version] = PLACE.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? [];
  if (time === undefined || type === undefined || id === undefined) {
    throw bad('_cursor', 'must be that of a link of this server');
  }
  return { lastUpdated: Number(time), type, id, version: Number(version) };
}

function textOf({ lastUpdated, type, id, version }: HistoryPlace): string {
  return Buffer.from(`${lastUpdated}~${type}~${id}~${version}`, 'latin1').toString('base64url');
}

function single(query: QueryParameters, name: string): string | undefined {
  const value = query[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw bad(name, 'may be given once');
  return value;
}

function bad(name: string, why: string): Error {
  return oneIssue(400, 'value', `${name} ${why}`, `http.${name}`);
}
