import { RESOURCE_TYPES } from '#libs/domain/fhir';
import type { Access } from '#libs/platform/auth';
import {
  historyBundle,
  OutcomeProblem,
  planSearch,
  readHistoryQuery,
  searchParametersOf,
  searchset,
  SearchRefusedError,
  versionResult,
  type LaterStep,
  type ReadsWithin,
  type StepResult,
} from '#libs/fhir-rest';
import { RestrictedReads } from '../access/restricted-reads.js';
import { readerOf } from '../access/scope-filter.js';
import { requireSearchable, searchAccess } from '../access/search-access.js';
import { typesOf } from '../access/required-scopes.js';
import type { Wishes } from './wishes.js';

type SearchStep = Extract<LaterStep, { kind: 'search' }>;
type HistoryStep = Extract<LaterStep, { kind: 'history' }>;
type Refused = Extract<StepResult, { kind: 'refused' }>;

/** Versions, searches and histories of a bundle, which see what it has written. Scopes of the entries are judged before. */
export class LaterReads {
  constructor(
    private readonly access: Access,
    private readonly wishes: Pick<Wishes, 'baseUrl' | 'own'>,
    private readonly now: number,
  ) {}

  async read(step: LaterStep, reads: ReadsWithin): Promise<StepResult> {
    const versions = new RestrictedReads(reads);
    try {
      if (step.kind === 'vread') {
        const { type, id, version } = step;
        return versionResult(step, await versions.readVersion(readerOf(this.access), type, id, version));
      }
      const content = await (step.kind === 'search' ? this.search(step, reads) : this.history(step, versions));
      return { kind: 'page', content, isHead: step.isHead === true };
    } catch (error) {
      const refused = refusedBy(error, step);
      if (refused === undefined) throw error;
      return refused;
    }
  }

  private async search({ type, query }: SearchStep, reads: ReadsWithin): Promise<string> {
    const { own, baseUrl } = this.wishes;
    const allowed = searchAccess(this.access);
    const target = type === '' ? ({ kind: 'system' } as const) : ({ kind: 'type', type } as const);
    const asked = { target, parameters: searchParametersOf(query), handling: 'lenient' } as const;
    const mayFind = (one: string): boolean => allowed.found(one).length > 0;
    const queries = planSearch(asked, { own, now: this.now, mayFind });
    requireSearchable(queries, allowed);
    const page = await reads.search(this.access.tenant.key, queries, allowed);
    return searchset({ baseUrl, path: type }, queries, page);
  }

  private async history({ type, id, query }: HistoryStep, versions: RestrictedReads): Promise<string> {
    const parameters = Object.fromEntries(new URLSearchParams(query));
    const types = type === '' ? typesOf(this.access, 'search', RESOURCE_TYPES) : [type];
    const request = readHistoryQuery(
      id === undefined ? { kind: 'types', types } : { kind: 'instance', type, id },
      parameters,
    );
    const page = await versions.history(readerOf(this.access), request);
    const path = [...(type === '' ? [] : [type]), ...(id === undefined ? [] : [id]), '_history'].join('/');
    return historyBundle(page, { baseUrl: this.wishes.baseUrl, path, query: parameters, count: request.count });
  }
}

/** The refusal as that of the entry; undefined for an error that is none. */
function refusedBy(error: unknown, { at }: LaterStep): Refused | undefined {
  const place = `${at}.request.url`;
  if (error instanceof SearchRefusedError) {
    const issue = { severity: 'error', code: error.code, diagnostics: error.message, expression: [place] } as const;
    return { kind: 'refused', status: 400, issues: [issue] };
  }
  if (error instanceof OutcomeProblem) {
    const { issue } = error.outcome as { readonly issue: Refused['issues'] };
    return { kind: 'refused', status: error.status, issues: issue.map((one) => ({ ...one, expression: [place] })) };
  }
  return undefined;
}
