import type { Access } from '#libs/platform/auth';
import {
  historyAnswer,
  oneIssue,
  requireId,
  requireType,
  storedAnswer,
  type Answer,
  type FhirRepository,
} from '#libs/fhir-rest';
import { requireScope } from '../http/access.js';
import type { Commits } from './commits.js';
import type { Target } from './wishes.js';

/** Reads of one resource, of its versions, and of its history. */
export class Reads {
  constructor(
    private readonly repository: FhirRepository,
    private readonly commits: Pick<Commits, 'timed'>,
  ) {}

  /** `GET /fhir/r4/{type}/{id}`, and one of its versions. */
  read({ type, id }: Target, version: string | undefined, access: Access): Promise<Answer> {
    return this.commits.timed('read', async () => {
      requireScope(access, 'read', requireType(type));
      requireId(id, type);
      const tenant = access.tenant.key;
      const found =
        version === undefined
          ? await this.repository.read(tenant, type, id)
          : /^[1-9]\d{0,8}$/.test(version)
            ? await this.repository.readVersion(tenant, type, id, Number(version))
            : undefined;
      if (found === undefined) throw oneIssue(404, 'not-found', 'no such resource, or no such version of it', type);
      if (found.deleted) throw oneIssue(410, 'deleted', 'this resource was deleted', type);
      return storedAnswer(found);
    });
  }

  /** `GET /fhir/r4/{type}/{id}/_history` */
  history({ type, id }: Target, page: HistoryQuery, access: Access, baseUrl: string): Promise<Answer> {
    return this.commits.timed('history', async () => {
      requireScope(access, 'read', requireType(type));
      requireId(id, type);
      const count = Math.min(positive(page.count, '_count') ?? 50, MAX_VERSIONS);
      const before = positive(page.before, 'before');
      const found = await this.repository.history(access.tenant.key, type, id, {
        count: count + 1,
        ...(before === undefined ? {} : { before }),
      });
      if (found.versions.length === 0) throw oneIssue(404, 'not-found', 'no such resource', type);
      return historyAnswer(baseUrl, `${type}/${id}`, found, count);
    });
  }
}

export interface HistoryQuery {
  readonly count: unknown;
  readonly before: unknown;
}

const MAX_VERSIONS = 200;

function positive(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^[1-9]\d{0,8}$/.test(value)) {
    throw oneIssue(400, 'value', `${name} must be a whole number from 1`);
  }
  return Number(value);
}
