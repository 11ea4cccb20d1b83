import type { Access } from '#libs/platform/auth';
import { oneIssue, requireType } from '#libs/fhir-rest';
import { requireScope } from '../http/access.js';

/** `GET /fhir/r4/{type}`: search is not there yet, and no answer would be a wrong one. */
export class Searches {
  search(type: string, access: Access): never {
    requireScope(access, 'search', requireType(type));
    throw oneIssue(400, 'not-supported', 'search is not supported', type);
  }
}
