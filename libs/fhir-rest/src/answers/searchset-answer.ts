import { operationOutcome, type Issue } from '#libs/domain/fhir';
import type { SearchQuery } from '#libs/fhir-search';
import { projectResource } from '../projection/project-resource.js';
import type { StoredResource } from '../repository/resources.js';
import type { Queries, SearchPage } from '../repository/search-port.js';
import { entryList } from './bundle-answer.js';

/**
 * One page of a search as a Bundle of type `searchset` (R4 http.html#search), as JSON text.
 * @param path below the base url that was searched: `Patient`, `Patient/1/Observation`, '' for the system
 */
export function searchset(
  { baseUrl, path }: { readonly baseUrl: string; readonly path: string },
  queries: Queries,
  page: SearchPage,
): string {
  const [query] = queries;
  const url = `${baseUrl}${path === '' ? '/' : `/${path}`}`;
  const links = [
    { relation: 'self', url: urlOf(url, query, query.cursor) },
    ...(page.next === undefined ? [] : [{ relation: 'next', url: urlOf(url, query, page.next) }]),
  ];
  const entries = [
    ...page.matches.map((one) => entryOf(baseUrl, one, 'match', query)),
    ...page.included.map((one) => entryOf(baseUrl, one, 'include', query)),
    ...(page.warnings.length === 0 ? [] : [outcomeOf(page.warnings)]),
  ];
  const total = page.total === undefined ? '' : `,"total":${page.total}`;
  return `{"resourceType":"Bundle","type":"searchset"${total},"link":${JSON.stringify(links)}${entryList(entries)}}`;
}

/** The query of the parameters that were understood; the page is one of them. */
function urlOf(url: string, { used }: SearchQuery, cursor: string | undefined): string {
  const parameters = [
    ...used.map(({ name, value }) => `${encoded(name)}=${encoded(value)}`),
    ...(cursor === undefined ? [] : [`_cursor=${cursor}`]),
  ];
  return parameters.length === 0 ? url : `${url}?${parameters.join('&')}`;
}

/** What may stand in a query as it is, stays readable (RFC 3986, 3.4). */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/%(?:3A|2F|2C|24|7C)/g, (code) =>
    code === '%7C' ? code : decodeURIComponent(code),
  );
}

function entryOf(
  baseUrl: string,
  { type, id, content }: StoredResource,
  mode: 'match' | 'include',
  projection: SearchQuery,
): string {
  // Elements are asked of matches; what was included is shown as a whole, but for a summary.
  const shown = projectResource(content, mode === 'match' ? projection : { ...projection, elements: [] });
  return `{"fullUrl":${JSON.stringify(`${baseUrl}/${type}/${id}`)},"resource":${shown},"search":{"mode":"${mode}"}}`;
}

function outcomeOf(warnings: readonly Issue[]): string {
  return `{"resource":${JSON.stringify(operationOutcome(warnings))},"search":{"mode":"outcome"}}`;
}
