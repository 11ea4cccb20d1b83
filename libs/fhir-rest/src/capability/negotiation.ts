/** Media types in which a FHIR answer can be given. */
export type MediaType = 'application/fhir+json' | 'application/json';

/** Names of JSON in `_format` and Accept (FHIR R4 http.html#mime-type), and what is answered to them. */
const ACCEPTED: Readonly<Record<string, MediaType>> = {
  'application/fhir+json': 'application/fhir+json',
  'application/json': 'application/json',
  'application/json+fhir': 'application/fhir+json',
  'text/json': 'application/json',
  json: 'application/fhir+json',
};
const ACCEPTED_OR_ANY: Readonly<Record<string, MediaType>> = {
  ...ACCEPTED,
  '*/*': 'application/fhir+json',
  'application/*': 'application/fhir+json',
  'text/*': 'application/json',
};

const OUR_VERSION = /^4\.0(\.1)?$/;
/** Headers with more than this are not read to their end. */
const MAX_RANGES = 64;

/**
 * The media type to answer in, or undefined when none that the client takes can be given (406). `_format` goes before Accept, as FHIR
 * has it; without both anything is taken.
 */
export function mediaTypeFor(format: string | undefined, accept: string | undefined): MediaType | undefined {
  if (format !== undefined) return nameOf(format, ACCEPTED);
  if (accept === undefined || accept.trim() === '') return 'application/fhir+json';
  const ranges = accept.split(',').slice(0, MAX_RANGES);
  // A type that is refused by its name is not given to a wildcard either (RFC 9110 12.5.1).
  const refused = new Set(ranges.filter((range) => weightOf(range) === 0).map((range) => nameOf(range, ACCEPTED)));
  let best: { readonly type: MediaType; readonly weight: number } | undefined;
  for (const range of ranges) {
    const meant = nameOf(range, ACCEPTED_OR_ANY);
    const type = nameOf(range, ACCEPTED) === undefined && refused.has(meant) ? otherThan(meant) : meant;
    const weight = weightOf(range);
    if (type !== undefined && !refused.has(type) && weight > (best?.weight ?? 0)) best = { type, weight };
  }
  return best?.type;
}

/** Whether the parameter `fhirVersion` of a media type, if it has one, names R4 (FHIR R4 http.html#version-parameter). */
export function isOurVersion(mediaType: string | undefined): boolean {
  const version = /;\s*fhirversion\s*=\s*"?([^";\s]*)/i.exec(mediaType ?? '')?.[1];
  return version === undefined || OUR_VERSION.test(version);
}

/** Whether an `Accept-Encoding` takes gzip. */
export function takesGzip(header: string | string[] | undefined): boolean {
  const codings = String(header ?? '').split(',', MAX_RANGES);
  const named = codings.find((coding) => /^\s*(?:x-)?gzip\s*(?:;|$)/i.test(coding));
  const any = codings.find((coding) => /^\s*\*\s*(?:;|$)/.test(coding));
  const meant = named ?? any;
  return meant !== undefined && weightOf(meant) > 0;
}

function otherThan(type: MediaType | undefined): MediaType {
  return type === 'application/json' ? 'application/fhir+json' : 'application/json';
}

function nameOf(range: string, names: Readonly<Record<string, MediaType>>): MediaType | undefined {
  const name = (range.split(';', 1)[0] ?? '').trim().toLowerCase();
  if (!isOurVersion(range)) return undefined;
  // In a query a plus that is not escaped is a space.
  const key = name.replace(' ', '+');
  return Object.hasOwn(names, key) ? names[key] : undefined;
}

function weightOf(range: string): number {
  const weight = /;\s*q=([0-9.]+)/i.exec(range)?.[1];
  return weight === undefined ? 1 : Number(weight) || 0;
}
