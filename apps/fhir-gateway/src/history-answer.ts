import type { StoredResource } from '#libs/platform/storage';
import { entityTag, FHIR_JSON, type Answer } from './answer.js';

export interface HistoryPage {
  readonly total: number;
  readonly versions: readonly StoredResource[];
}

/** A Bundle of type `history`, newest version first; a deletion is an entry without a resource (FHIR R4 http.html#history). */
export function historyAnswer(baseUrl: string, path: string, page: HistoryPage, count: number): Answer {
  const oldest = page.versions.at(-1);
  const more = oldest !== undefined && oldest.version > 1 && page.versions.length === count;
  const links = [
    { relation: 'self', url: `${baseUrl}/${path}/_history` },
    ...(more
      ? [{ relation: 'next', url: `${baseUrl}/${path}/_history?_count=${count}&before=${oldest.version}` }]
      : []),
  ];
  const entries = page.versions.map((version) => entryOf(baseUrl, version));
  return {
    status: 200,
    headers: { 'content-type': FHIR_JSON },
    body: `{"resourceType":"Bundle","type":"history","total":${page.total},"link":${JSON.stringify(links)},"entry":[${entries.join(',')}]}`,
  };
}

function entryOf(baseUrl: string, version: StoredResource): string {
  const path = `${version.type}/${version.id}`;
  const head = `"fullUrl":${JSON.stringify(`${baseUrl}/${path}`)}`;
  const content = version.deleted ? '' : `,"resource":${version.content}`;
  const request = JSON.stringify({ method: version.deleted ? 'DELETE' : 'PUT', url: path });
  const response = JSON.stringify({
    status: version.deleted ? '204' : version.version === 1 ? '201' : '200',
    etag: entityTag(version.version),
    lastModified: new Date(version.lastUpdated).toISOString(),
  });
  return `{${head}${content},"request":${request},"response":${response}}`;
}
