import { RESOURCE_TYPES, type Issue } from '#libs/domain/fhir';
import type { Access } from '#libs/platform/auth';
import { Problem } from '#libs/platform/http';
import {
  entryRefusal,
  historyBundle,
  oneIssue,
  queryParametersOf,
  OutcomeProblem,
  readHistoryProjection,
  readHistoryQuery,
  searchParametersOf,
  SearchRefusedError,
  versionResult,
  type LaterStep,
  type ReadsWithin,
  type StepResult,
} from '#libs/fhir-rest';
import { RestrictedReads } from '../access/restricted-reads.js';
import { readerOf } from '../access/scope-filter.js';
import { typesOf } from '../access/required-scopes.js';
import { SearchBundles } from './search-bundles.js';
import type { Target, Wishes } from './wishes.js';

type SearchStep = Extract<LaterStep, { kind: 'search' }>;
type HistoryStep = Extract<LaterStep, { kind: 'history' }>;
type Refused = Extract<StepResult, { kind: 'refused' }>;

/** Versions, searches and histories of a bundle, which see what it has written. Scopes of the entries are judged before. */
export class LaterReads {
  constructor(
    private readonly access: Access,
    private readonly wishes: Pick<Wishes, 'baseUrl' | 'own' | 'handling'>,
    private readonly now: number,
  ) {}

  async read(step: LaterStep, reads: ReadsWithin): Promise<StepResult> {
    const versions = new RestrictedReads(reads);
    try {
      if (step.kind === 'vread') {
        const { type, id, version } = step;
        return versionResult(step, await versions.readVersion(readerOf(this.access), type, id, version));
      }
      const content = await (step.kind === 'search'
        ? this.search(step, reads, versions)
        : this.history(step, versions));
      return { kind: 'page', content, isHead: step.isHead === true };
    } catch (error) {
      const refused = refusedBy(error, step);
      if (refused === undefined) throw error;
      return refused;
    }
  }

  private search({ target, query }: SearchStep, reads: ReadsWithin, versions: RestrictedReads): Promise<string> {
    const bundles = new SearchBundles(this.access, this.wishes, this.now);
    const parameters = searchParametersOf(query);
    const source = { reads, versions };
    switch (target.kind) {
      case 'everything':
        return bundles.everything(target.id, parameters, source);
      case 'last':
        return bundles.last(parameters, source);
      default:
        return bundles.search({ target, parameters, handling: this.wishes.handling ?? 'lenient' }, source);
    }
  }

  private async history({ type, id, query }: HistoryStep, versions: RestrictedReads): Promise<string> {
    const parameters = queryParametersOf(query);
    const types = type === '' ? typesOf(this.access, 'search', RESOURCE_TYPES) : [type];
    const of = id === undefined ? ({ kind: 'types', types } as const) : ({ kind: 'instance', type, id } as const);
    const request = readHistoryQuery(of, parameters, this.wishes.handling);
    const projection = readHistoryProjection(of, parameters);
    const page = await versions.history(readerOf(this.access), request);
    if (id !== undefined && page.versions.length === 0) await this.requireKnown({ type, id }, versions);
    const path = [...(type === '' ? [] : [type]), ...(id === undefined ? [] : [id]), '_history'].join('/');
    return historyBundle(page, {
      baseUrl: this.wishes.baseUrl,
      path,
      query: parameters,
      count: request.count,
      projection,
    });
  }

  /** Of a resource that never was there is no history. @throws OutcomeProblem 404 */
  private async requireKnown({ type, id }: Target, versions: RestrictedReads): Promise<void> {
    if ((await versions.read(readerOf(this.access), type, id)) === undefined)
      throw oneIssue(404, 'not-found', 'no such resource', type);
  }
}

/** The refusal as that of the entry; undefined for an error that is none. */
function refusedBy(error: unknown, { index, at }: LaterStep): Refused | undefined {
  if (error instanceof OutcomeProblem) return entryRefusal(error, index);
  if (error instanceof SearchRefusedError) return refused(400, error.code, error.message, at);
  // What a search looks at beside may be nothing that the client may search.
  return error instanceof Problem && error.status === 403 ? refused(403, 'forbidden', error.detail, at) : undefined;
}

function refused(status: number, code: Issue['code'], diagnostics: string, at: string): Refused {
  return {
    kind: 'refused',
    status,
    issues: [{ severity: 'error', code, diagnostics, expression: [`${at}.request.url`] }],
  };
}
