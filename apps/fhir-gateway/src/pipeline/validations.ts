import type { Access } from '#libs/platform/auth';
import { FHIR_JSON, fineOutcome, readResource, requireType, type Answer } from '#libs/fhir-rest';
import { requireScope } from '../http/access.js';

/** `POST /fhir/r4/{type}/$validate`: what a create would say; stores nothing. */
export class Validations {
  validate(type: string, text: string, access: Access): Answer {
    requireScope(access, 'create', requireType(type));
    readResource(text, type);
    return { status: 200, headers: { 'content-type': FHIR_JSON }, body: fineOutcome('the structure is valid') };
  }
}
