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
  type Handling,
  type Answer,
  type KnownVersion,
} from '#libs/fhir-rest';
import type { SearchParameterValue } from '#libs/fhir-search';
import type { RestrictedReads } from '../access/restricted-reads.js';
import { readerOf } from '../access/scope-filter.js';
import { requireSome } from '../access/required-scopes.js';
import type { Commits } from './commits.js';
import type { Target } from './wishes.js';

/** The parameters of a read. */
export interface AskedRead {
  readonly parameters: readonly SearchParameterValue[];
  readonly handling: Handling;
}

/** Reads of one resource and of its versions. */
export class Reads {
  constructor(
    private readonly versions: RestrictedReads,
    private readonly commits: Pick<Commits, 'timed'>,
  ) {}

  /** `GET /fhir/r4/{type}/{id}`, and one of its versions. @param has what the client has already: then 304 */
  read(
    { type, id }: Target,
    version: string | undefined,
    has: KnownVersion,
    access: Access,
    { parameters, handling }: AskedRead,
  ): Promise<Answer> {
    return this.commits.timed('read', async () => {
      requireSome(access, 'read', requireType(type));
      requireId(id, type);
      const projection = readProjection(type, parameters, handling);
      const found =
        version === undefined
          ? await this.versions.read(readerOf(access), type, id)
          : /^[1-9]\d{0,8}$/.test(version)
            ? await this.versions.readVersion(readerOf(access), type, id, Number(version))
            : undefined;
      if (found === undefined) throw oneIssue(404, 'not-found', 'no such resource, or no such version of it', type);
      if (found.deleted) throw oneIssue(410, 'deleted', 'this resource was deleted', type, resourceHeaders(found));
      if (isKnown(has, found)) return notModifiedAnswer(found);
      return storedAnswer({ ...found, content: projectResource(found.content, projection) });
    });
  }
}
