import { expect, it } from '@jest/globals';
import { isOurVersion, mediaTypeFor, takesGzip } from './negotiation.js';

const FHIR = 'application/fhir+json';
const JSON_TYPE = 'application/json';

it.each<[string | undefined, string | undefined, string | undefined]>([
  [undefined, undefined, FHIR],
  [undefined, '', FHIR],
  [undefined, '*/*', FHIR],
  [undefined, 'application/*', FHIR],
  [undefined, FHIR, FHIR],
  [undefined, 'Application/FHIR+JSON; charset=utf-8', FHIR],
  [undefined, `${FHIR}; fhirVersion=4.0`, FHIR],
  [undefined, JSON_TYPE, JSON_TYPE],
  [undefined, 'text/json', JSON_TYPE],
  [undefined, `${JSON_TYPE}, ${FHIR}`, JSON_TYPE],
  [undefined, `${JSON_TYPE};q=0.5, ${FHIR}`, FHIR],
  [undefined, 'text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', FHIR],
  [undefined, 'application/fhir+xml, application/json;q=0.1', JSON_TYPE],
  [undefined, 'application/fhir+xml', undefined],
  [undefined, 'text/html', undefined],
  [undefined, `${FHIR}; fhirVersion=5.0`, undefined],
  [undefined, '*/*;q=0', undefined],
  [undefined, `${FHIR};q=0, */*`, JSON_TYPE],
  [undefined, `*/*, ${JSON_TYPE};q=0`, FHIR],
  [undefined, `${FHIR};q=0`, undefined],
  [undefined, `${FHIR};q=0, ${JSON_TYPE};q=0, */*`, undefined],
  [undefined, 'constructor', undefined],
  ['json', 'application/fhir+xml', FHIR],
  ['application/json', undefined, JSON_TYPE],
  ['application/fhir+json', undefined, FHIR],
  ['application/fhir json', undefined, FHIR],
  ['xml', FHIR, undefined],
  ['ttl', undefined, undefined],
  ['', undefined, undefined],
])('_format %s, Accept %s: %s', (format, accept, type) => {
  expect(mediaTypeFor(format, accept)).toBe(type);
});

it.each<[string | undefined, boolean]>([
  [undefined, true],
  [FHIR, true],
  [`${FHIR}; fhirVersion=4.0`, true],
  [`${FHIR};charset=utf-8;fhirVersion="4.0.1"`, true],
  [`${FHIR}; fhirVersion=3.0`, false],
  [`${FHIR}; FhirVersion = 5.0`, false],
  [`${FHIR}; fhirVersion=`, false],
])('a body of the type %s is of R4: %s', (type, isOurs) => {
  expect(isOurVersion(type)).toBe(isOurs);
});

it.each<[string | undefined, boolean]>([
  [undefined, false],
  ['', false],
  ['gzip', true],
  ['br, GZIP;q=0.5', true],
  ['x-gzip', true],
  ['*', true],
  ['gzip;q=0', false],
  ['*, gzip;q=0', false],
  ['identity, br', false],
  ['gzipped', false],
])('Accept-Encoding %s takes gzip: %s', (header, takes) => {
  expect(takesGzip(header)).toBe(takes);
});
