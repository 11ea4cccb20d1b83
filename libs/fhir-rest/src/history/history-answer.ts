import { entityTag, FHIR_JSON, type Answer } from '../answers/answer.js';
import { entryList } from '../answers/bundle-answer.js';
import { projectResource, type Projection } from '../projection/project-resource.js';
import { historyLink, type QueryParameters } from './history-query.js';
import type { HistoryPage, HistoryVersion } from './history-request.js';

/** Where a history is asked for, and how: for its links. */
export interface HistoryAddress {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** `Patient/1/_history`, `Patient/_history`, `_history` */
  readonly path: string;
  readonly query: QueryParameters;
  readonly count: number;
  /** Which part of the versions is shown. */
  readonly projection: Projection;
}

/** A Bundle of type `history`, newest version first; a deletion is an entry without a resource (FHIR R4 http.html#history). */
export function historyAnswer(page: HistoryPage, address: HistoryAddress): Answer {
  return { status: 200, headers: { 'content-type': FHIR_JSON }, body: historyBundle(page, address) };
}

/** The same as JSON text, for an entry of a bundle. */
export function historyBundle(page: HistoryPage, { baseUrl, path, query, count, projection }: HistoryAddress): string {
  const last = page.end ?? page.versions.at(-1);
  const link = (relation: string, search: string): object => ({ relation, url: `${baseUrl}/${path}${search}` });
  const links = [
    link('self', historyLink(query, count)),
    ...(page.more && last !== undefined ? [link('next', historyLink(query, count, last))] : []),
  ];
  const total = page.total === undefined ? '' : `,"total":${page.total}`;
  const entries = page.versions.map((version) => entryOf(baseUrl, version, projection));
  return `{"resourceType":"Bundle","type":"history"${total},"link":${JSON.stringify(links)}${entryList(entries)}}`;
}

/** Ids that this server gives: what has one and is version 1 was made by POST. */
const GIVEN_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function entryOf(baseUrl: string, version: HistoryVersion, projection: Projection): string {
  const path = `${version.type}/${version.id}`;
  const head = `"fullUrl":${JSON.stringify(`${baseUrl}/${path}`)}`;
  const content = version.deleted ? '' : `,"resource":${projectResource(version.content, projection)}`;
  const isPost = version.version === 1 && GIVEN_ID.test(version.id);
  const method = version.deleted ? 'DELETE' : version.isPatch === true ? 'PATCH' : isPost ? 'POST' : 'PUT';
  const request = JSON.stringify({ method, url: isPost ? version.type : path });
  const response = JSON.stringify({
    status: version.deleted ? '204 No Content' : version.created ? '201 Created' : '200 OK',
    location: `${path}/_history/${version.version}`,
    etag: entityTag(version.version),
    lastModified: new Date(version.lastUpdated).toISOString(),
  });
  return `{${head}${content},"request":${request},"response":${response}}`;
}
