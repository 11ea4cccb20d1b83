import { RESOURCE_TYPES } from '#libs/domain/fhir';
import type { Access } from '#libs/platform/auth';
import {
  historyAnswer,
  oneIssue,
  readHistoryProjection,
  readHistoryQuery,
  requireId,
  requireType,
  type Answer,
  type HistoryOf,
  type Handling,
  type QueryParameters,
} from '#libs/fhir-rest';
import type { RestrictedReads } from '../access/restricted-reads.js';
import { readerOf } from '../access/scope-filter.js';
import { requireSome, typesOf } from '../access/required-scopes.js';
import type { Commits } from './commits.js';
import type { Target } from './wishes.js';

/** What a client asks of a history, and how it called the server. */
export interface AskedHistory {
  readonly query: QueryParameters;
  readonly handling: Handling;
  readonly baseUrl: string;
}

/** What was: of one resource, of a type, of all types. */
export class Histories {
  constructor(
    private readonly versions: RestrictedReads,
    private readonly commits: Pick<Commits, 'timed'>,
  ) {}

  /** `GET /fhir/r4/{type}/{id}/_history` */
  ofInstance({ type, id }: Target, asked: AskedHistory, access: Access): Promise<Answer> {
    return this.commits.timed('history', async () => {
      requireSome(access, 'read', requireType(type));
      requireId(id, type);
      const path = `${type}/${id}/_history`;
      const answer = await this.page({ kind: 'instance', type, id }, path, asked, access);
      if (answer.isEmpty && (await this.versions.read(readerOf(access), type, id)) === undefined) {
        throw oneIssue(404, 'not-found', 'no such resource', type);
      }
      return answer;
    });
  }

  /** `GET /fhir/r4/{type}/_history` */
  ofType(type: string, asked: AskedHistory, access: Access): Promise<Answer> {
    return this.commits.timed('history', async () => {
      requireSome(access, 'search', requireType(type));
      return this.page({ kind: 'types', types: [type] }, `${type}/_history`, asked, access);
    });
  }

  /** `GET /fhir/r4/_history`: of the types that the caller may search (SMART App Launch 2: system-level history is part of `s`). */
  ofAll(asked: AskedHistory, access: Access): Promise<Answer> {
    return this.commits.timed('history', async () => {
      const types = typesOf(access, 'search', RESOURCE_TYPES);
      if (types.length === 0) requireSome(access, 'search', '*');
      return this.page({ kind: 'types', types }, '_history', asked, access);
    });
  }

  private async page(
    of: HistoryOf,
    path: string,
    { baseUrl, query, handling }: AskedHistory,
    access: Access,
  ): Promise<Answer & { readonly isEmpty: boolean }> {
    const request = readHistoryQuery(of, query, handling);
    const projection = readHistoryProjection(of, query);
    const page = await this.versions.history(readerOf(access), request);
    return {
      ...historyAnswer(page, { baseUrl, path, query, count: request.count, projection }),
      isEmpty: page.versions.length === 0,
    };
  }
}
