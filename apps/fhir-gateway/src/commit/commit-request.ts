import {
  ReadBudget,
  type CommitLookups,
  type CommitMode,
  type Decision,
  type FhirKnown,
  type KeptRequest,
  type ReadLater,
  type RequestOrigin,
} from '#libs/fhir-rest';

/** What a request wants committed, see `FhirRepository.commit`. */
export interface CommitRequest {
  readonly origin: RequestOrigin;
  readonly lookups: CommitLookups;
  /** Pure: it may be called again. */
  readonly decide: (known: FhirKnown) => Decision;
  readonly mode: CommitMode;
  readonly kept?: KeptRequest | undefined;
  readonly readLater?: ReadLater | undefined;
}

/** What is decided, with what its entries read held within a budget, of which {@link budget} is what is left. */
export function decideWithin(
  { decide }: Pick<CommitRequest, 'decide'>,
  known: FhirKnown,
): { readonly decision: Decision; readonly budget: ReadBudget } {
  const budget = new ReadBudget();
  const decided = decide(known);
  return {
    decision: { ...decided, results: decided.results.map((result, index) => budget.take(result, index)) },
    budget,
  };
}

/** Nothing of it is to stay. */
export function isRefused({ mode }: Pick<CommitRequest, 'mode'>, { results }: Decision): boolean {
  return mode === 'atomic' && results.some((result) => result.kind === 'refused');
}
