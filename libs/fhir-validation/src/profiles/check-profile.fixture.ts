import type { JsonObject } from '#libs/domain/fhir';
import { validate } from '../index.js';

export const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition';

export const race = (...extension: object[]): object => ({ url: `${US_CORE}/us-core-race`, extension });

export function said(resource: object, profiles: readonly string[] = []): readonly string[] {
  const sent = JSON.parse(JSON.stringify(resource)) as JsonObject;
  return validate(sent, { profiles }).map(({ issue }) =>
    [issue.severity, issue.code, ...(issue.expression ?? [])].join(' '),
  );
}
