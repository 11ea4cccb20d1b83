import { entityTag, FHIR_JSON, type Answer } from './answer.js';
import { entryList } from './bundle-answer.js';
import type { StoredResource } from '../repository/resources.js';

export interface HistoryPage {
  readonly total: number;
  readonly versions: readonly StoredResource[];
}

/**
 * A Bundle of type `history`, newest version first; a deletion is an entry without a resource (FHIR R4 http.html#history).
 *
 * @param page with one version more than `count`, where there is one
 */
export function historyAnswer(baseUrl: string, path: string, page: HistoryPage, count: number): Answer {
  // One more than was asked for: whether a version re-created the resource follows from the one before it.
  const shown = page.versions.slice(0, count);
  const oldest = shown.at(-1);
  const more = oldest !== undefined && page.versions.length > count;
  const links = [
    { relation: 'self', url: `${baseUrl}/${path}/_history` },
    ...(more
      ? [{ relation: 'next', url: `${baseUrl}/${path}/_history?_count=${count}&before=${oldest.version}` }]
      : []),
  ];
  const entries = shown.map((version, at) => entryOf(baseUrl, version, page.versions[at + 1]));
  return {
    status: 200,
    headers: { 'content-type': FHIR_JSON },
    body: `{"resourceType":"Bundle","type":"history","total":${page.total},"link":${JSON.stringify(links)}${entryList(entries)}}`,
  };
}

function entryOf(baseUrl: string, version: StoredResource, before: StoredResource | undefined): string {
  const path = `${version.type}/${version.id}`;
  const head = `"fullUrl":${JSON.stringify(`${baseUrl}/${path}`)}`;
  const content = version.deleted ? '' : `,"resource":${version.content}`;
  const request = JSON.stringify({ method: version.deleted ? 'DELETE' : 'PUT', url: path });
  const response = JSON.stringify({
    status: version.deleted ? '204 No Content' : before === undefined || before.deleted ? '201 Created' : '200 OK',
    etag: entityTag(version.version),
    lastModified: new Date(version.lastUpdated).toISOString(),
  });
  return `{${head}${content},"request":${request},"response":${response}}`;
}
