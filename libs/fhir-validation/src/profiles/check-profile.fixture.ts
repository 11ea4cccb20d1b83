import type { JsonObject } from '#libs/domain/fhir';
import { validate } from '../index.js';

export const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition';

export const race = (...extension: object[]): object => ({ url: `${US_CORE}/us-core-race`, extension });

export const patient = {
  resourceType: 'Patient',
  meta: { profile: [`${US_CORE}/us-core-patient`] },
  identifier: [{ system: 'http://a.example', value: '1' }],
  name: [{ family: 'A' }],
  gender: 'female',
  extension: [
    race(
      { url: 'ombCategory', valueCoding: { system: 'urn:oid:2.16.840.1.113883.6.238', code: '2106-3' } },
      { url: 'text', valueString: 'White' },
    ),
  ],
};

export function said(resource: object, profiles: readonly string[] = []): readonly string[] {
  const sent = JSON.parse(JSON.stringify(resource)) as JsonObject;
  return validate(sent, { profiles }).map(({ issue }) =>
    [issue.severity, issue.code, ...(issue.expression ?? [])].join(' '),
  );
}
