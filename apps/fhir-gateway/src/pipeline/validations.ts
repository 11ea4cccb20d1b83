import { parseJson, type JsonObject } from '#libs/domain/fhir';
import { oneIssue, readValidation, requireId, requireType, validationAnswer, type Answer } from '#libs/fhir-rest';
import type { Access } from '#libs/platform/auth';
import type { RestrictedReads } from '../access/restricted-reads.js';
import { readerOf } from '../access/scope-filter.js';
import { requireSome } from '../access/required-scopes.js';
import type { Commits } from './commits.js';
import type { Target } from './wishes.js';

/** `$validate`: what a write would say, and warnings; stores nothing. */
export class Validations {
  constructor(
    private readonly versions: Pick<RestrictedReads, 'read'>,
    private readonly commits: Pick<Commits, 'timed'>,
  ) {}

  /** `POST /fhir/r4/{type}/$validate` */
  ofType(type: string, text: string, query: Query, access: Access): Promise<Answer> {
    return this.commits.timed('validate', async () => {
      requireSome(access, 'create', requireType(type));
      const request = readValidation(text, type, query);
      if (request.resource === undefined)
        throw oneIssue(400, 'required', 'a resource is expected: as the body, or as the parameter resource', type);
      return validationAnswer(request, request.resource, type, undefined);
    });
  }

  /** `GET` and `POST /fhir/r4/{type}/{id}/$validate`: of the resource that was sent, or of what is stored. */
  ofInstance({ type, id }: Target, text: string, query: Query, access: Access): Promise<Answer> {
    return this.commits.timed('validate', async () => {
      requireSome(access, 'read', requireType(type));
      requireId(id, type);
      const request = readValidation(text, type, query);
      const resource = request.resource ?? (await this.stored({ type, id }, access));
      return validationAnswer(request, resource, type, id);
    });
  }

  private async stored({ type, id }: Target, access: Access): Promise<JsonObject> {
    const found = await this.versions.read(readerOf(access), type, id);
    if (found === undefined) throw oneIssue(404, 'not-found', 'no such resource', type);
    if (found.deleted) throw oneIssue(410, 'deleted', 'this resource was deleted', type);
    const parsed = parseJson(found.content);
    if (!parsed.ok) throw new Error('a stored resource is not JSON');
    return parsed.value as JsonObject;
  }
}

type Query = Readonly<Record<string, unknown>>;
