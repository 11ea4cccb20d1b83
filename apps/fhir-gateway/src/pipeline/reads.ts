import type { Access } from '#libs/platform/auth';
import {
  isKnown,
  notModifiedAnswer,
  oneIssue,
  requireId,
  requireType,
  resourceHeaders,
  projectResource,
  readProjection,
  storedAnswer,
  type Answer,
  type FhirRepository,
  type KnownVersion,
} from '#libs/fhir-rest';
import type { SearchParameterValue } from '#libs/fhir-search';
import { requireScope } from '../http/access.js';
import type { Commits } from './commits.js';
import type { Target } from './wishes.js';

/** Reads of one resource and of its versions. */
export class Reads {
  constructor(
    private readonly repository: FhirRepository,
    private readonly commits: Pick<Commits, 'timed'>,
  ) {}

  /** `GET /fhir/r4/{type}/{id}`, and one of its versions. @param has what the client has already: then 304 */
  read(
    { type, id }: Target,
    version: string | undefined,
    has: KnownVersion,
    access: Access,
    parameters: readonly SearchParameterValue[] = [],
  ): Promise<Answer> {
    return this.commits.timed('read', async () => {
      requireScope(access, 'read', requireType(type));
      requireId(id, type);
      const projection = readProjection(type, parameters);
      const tenant = access.tenant.key;
      const found =
        version === undefined
          ? await this.repository.read(tenant, type, id)
          : /^[1-9]\d{0,8}$/.test(version)
            ? await this.repository.readVersion(tenant, type, id, Number(version))
            : undefined;
      if (found === undefined) throw oneIssue(404, 'not-found', 'no such resource, or no such version of it', type);
      if (found.deleted) throw oneIssue(410, 'deleted', 'this resource was deleted', type, resourceHeaders(found));
      if (isKnown(has, found)) return notModifiedAnswer(found);
      return storedAnswer({ ...found, content: projectResource(found.content, projection) });
    });
  }
}
