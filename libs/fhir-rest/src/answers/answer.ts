import type { StoredResource } from '../repository/resources.js';

/** What a route answers. `body` is JSON text, so that decimals keep their digits; '' for none. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** Version and time of a resource as FHIR's headers and bundle entries show them. */
export function entityTag(version: number): string {
  return `W/"${version}"`;
}

export function resourceHeaders(resource: Pick<StoredResource, 'version' | 'lastUpdated'>): Record<string, string> {
  return {
    etag: entityTag(resource.version),
    'last-modified': new Date(resource.lastUpdated).toUTCString(),
  };
}

/** What the client wants back from a write; `minimal` unless it says otherwise in bundles, `representation` elsewhere. */
export type Preference = 'minimal' | 'representation' | 'OperationOutcome';

/** Reads the `Prefer` header (RFC 7240, FHIR R4 http.html#ops); unknown preferences are ignored, as both say. */
export function preferenceOf(header: string | undefined, otherwise: Preference): Preference {
  const match = /(?:^|[,;\s])return=("?)(minimal|representation|OperationOutcome)\1(?=$|[,;\s])/.exec(header ?? '');
  return (match?.[2] as Preference | undefined) ?? otherwise;
}

/** Whether the `Prefer` header asks for an answer later (FHIR R4 async.html). */
export function wantsAsync(header: string | undefined): boolean {
  return /(?:^|[,;\s])respond-async(?=$|[,;\s])/.test(header ?? '');
}

/** Whether a list of entity tags (If-Match, If-None-Match; RFC 9110 13.1) has that of the version; `*` has every one. */
export function hasTag(tags: string, version: number): boolean {
  return tags.trim() === '*' || tags.split(',').some((tag) => versionOfTag(tag) === version);
}

/** Reads an entity tag: `W/"3"`, `"3"`. undefined when it can be no version of ours, which no resource matches. */
function versionOfTag(tag: string): number | undefined {
  const digits = /^\s*(?:W\/)?"([1-9]\d{0,8})"\s*$/.exec(tag)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
